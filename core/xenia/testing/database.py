"""A real PostgreSQL for tests: the fixtures ``database_address``, ``fresh_database`` and ``database``.

The server is an embedded one, shared by every process that tests this checkout and stopped by the last to leave, or the
one whose administrator's address is in ``XENIA_TEST_DATABASE``. The schema is migrated once into a template, named
after all of its text. Each worker copies it once and puts it back to the start before each test, which takes one
millisecond where a copy takes forty.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg
import pytest

from xenia.db import Connection, Database
from xenia.embedded import EmbeddedPostgres
from xenia.migrate import CORE, migrate

EXTERNAL = "XENIA_TEST_DATABASE"
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "300"}
_TEMPLATES_KEPT = 3
_LOCK = 0x7465737473
T = TypeVar("T")


def fresh(prefix: str = "xenia_test") -> str:
    """A name for a database that tells whose it is: the process's id, and a random end."""
    return f"{prefix}_{os.getpid()}_{secrets.token_hex(3)}"


def renamed(address: str, name: str) -> str:
    """The address of another database of the same server."""
    parts = urlsplit(address)
    return f"postgresql://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The administrator's address of a running server."""
    if external := os.environ.get(EXTERNAL):
        yield external
        return
    with EmbeddedPostgres(folder, FAST) as embedded:
        yield embedded.address


async def make_template(admin: str, apps: Sequence[str]) -> str:
    """The template with every migration of ``apps``: made by the first who needs it, while the others wait."""
    name = f"xenia_template_{_fingerprint(apps)}"
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await _sweep(connection)
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await _fill(connection, admin, name, apps)
    finally:
        await connection.close()
    return name


async def _fill(connection: Connection, admin: str, name: str, apps: Sequence[str]) -> None:
    draft = fresh("xenia_draft")
    await connection.execute(f"CREATE DATABASE {draft}")
    try:
        await migrate(renamed(admin, draft), apps)
        await connection.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    except BaseException:
        await connection.execute(f"DROP DATABASE {draft} WITH (FORCE)")
        raise


async def _sweep(connection: Connection) -> None:
    """Drop what processes that are gone have left, and old templates."""
    names = [
        row[0]
        for row in await connection.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'xenia\\_%' ORDER BY oid")
    ]
    left = [
        name
        for name in names
        if name.startswith(("xenia_test_", "xenia_draft_")) and not _lives(int(name.split("_")[2]))
    ]
    old = [name for name in names if name.startswith("xenia_template_")][:-_TEMPLATES_KEPT]
    for name in () if os.environ.get(EXTERNAL) else (*left, *old):
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _fingerprint(apps: Sequence[str]) -> str:
    """A digest of everything that the schema is made from."""
    known = hashlib.sha256()
    for app in (CORE, *apps):
        folder = Path(str(files(app.rpartition(".")[0])))
        for path in sorted((*folder.glob("*.sql"), *folder.glob("migrations/*.py"), *folder.glob("migrations/*.sql"))):
            known.update(f"{app}/{path.name}".encode() + b"\0" + path.read_bytes())
    return known.hexdigest()[:12]


async def create(admin: str, template: str) -> str:
    """A new database from the template; its address."""
    name = fresh()
    await _execute(admin, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    return renamed(admin, name)


async def drop(admin: str, address: str) -> None:
    """Drop a database, whoever is connected to it."""
    await _execute(admin, f"DROP DATABASE IF EXISTS {urlsplit(address).path.strip('/')} WITH (FORCE)")


async def _execute(address: str, sql: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


_REMEMBER = """
DO $$
DECLARE
    name text;
    filled boolean;
BEGIN
    CREATE SCHEMA pristine;
    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'migration' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', name, name);
        END IF;
    END LOOP;
END $$"""

_CLEAN = """
DO $$
DECLARE
    name text;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'migration' LOOP
        EXECUTE format('DELETE FROM public.%I', name);
    END LOOP;
    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'pristine'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('INSERT INTO public.%I SELECT * FROM pristine.%I', name, name);
    END LOOP;
END $$"""


@pytest.fixture(scope="session")
def migration_apps() -> tuple[str, ...]:
    """The Piccolo apps of the installed plugins. Override it to test with others."""
    modules = sorted(point.module for point in entry_points(group="xenia"))
    return tuple(f"{module}.piccolo_app" for module in modules if find_spec(f"{module}.piccolo_app"))


@pytest.fixture(scope="session")
def database_server(pytestconfig: pytest.Config) -> Iterator[str]:
    """The administrator's address of the server."""
    with server(pytestconfig.rootpath / "var" / "tests") as admin:
        yield admin


@pytest.fixture(scope="session")
def database_template(database_server: str, migration_apps: tuple[str, ...]) -> str:
    """The name of the template with the whole schema."""
    return _now(make_template(database_server, migration_apps))


@pytest.fixture(scope="session")
def worker_database(database_server: str, database_template: str) -> Iterator[str]:
    """The address of this worker's database."""
    address = _now(create(database_server, database_template))
    _now(_execute(address, _REMEMBER))
    yield address
    _now(drop(database_server, address))


@pytest.fixture
def database_address(worker_database: str) -> str:
    """The address of an empty database with the whole schema. Whoever was still connected is thrown out."""
    _now(_execute(worker_database, _CLEAN))
    return worker_database


@pytest.fixture
async def database(database_address: str) -> AsyncIterator[Database]:
    """An empty database with the whole schema, opened."""
    opened = Database(database_address)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def fresh_database(database_server: str, database_template: str) -> Iterator[Callable[[], Coroutine[Any, Any, str]]]:
    """A function that makes one more database and returns its address: for tests with two, or that break one."""
    made: list[str] = []

    async def make() -> str:
        made.append(await create(database_server, database_template))
        return made[-1]

    yield make
    for address in made:
        _now(drop(database_server, address))


def _now(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end in a loop of its own; fixtures of a session have no other."""
    with asyncio.Runner() as runner:
        return runner.run(work)
