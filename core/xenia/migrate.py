"""Migrations: the core's and every installed plugin's, run by a command and never by a start.

A migration is a Piccolo migration in ``migrations/`` beside a ``piccolo_app.py``. Its file is named after its app and
ID, as Piccolo names it (``xenia_2026_11_22t00_00_00_000000.py``), so that whether a database is behind is told by one
query and without importing any of them.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec

from xenia.errors import SetupError
from xenia.schema import piccolo_conf

if TYPE_CHECKING:
    from xenia.db import Connection, Database

CORE = "xenia.schema.piccolo_app"
_LOCK = 0x78656E6961
_ROLES = Path(piccolo_conf.__file__).with_name("roles.sql")
_ROLE_ATTEMPTS = 20
_REMEDY = "migrate as the database's owner, who may make roles (CREATEROLE) or was granted xenia_app and xenia_scoped"
_RACES = (asyncpg.UniqueViolationError, asyncpg.DuplicateObjectError, asyncpg.InternalServerError)

_LEDGER = """
CREATE TABLE IF NOT EXISTS migration (
    id       serial PRIMARY KEY,
    name     varchar(200) NOT NULL DEFAULT '',
    app_name varchar(200) NOT NULL DEFAULT '',
    ran_on   timestamp NOT NULL DEFAULT current_timestamp
)"""
_STEP = "lower(regexp_replace(app_name || '_' || name, '[^A-Za-z0-9]', '_', 'g'))"
_RAN = f"SELECT {_STEP} FROM migration"  # noqa: S608  our own text
_APPS = f"SELECT app_name, {_STEP} AS step FROM migration"  # noqa: S608  our own text
_MISSING = f"SELECT wanted FROM unnest($1::text[]) AS wanted WHERE wanted NOT IN ({_RAN}) ORDER BY wanted"  # noqa: S608  our own text


class Step(msgspec.Struct, frozen=True):
    """One migration: the dotted path of its module, and the name of its file, which is its name in messages."""

    module: str
    name: str


async def migrate(address: str, apps: Sequence[str] = ()) -> None:
    """Bring a database up to date: the core's tables, those of ``apps`` (dotted paths of Piccolo apps, in requirement
    order), then the roles.

    One caller works at a time, the others wait and find nothing left to do. Raises ``SetupError`` where a migration
    fails; it leaves no trace.
    """
    connection = await asyncpg.connect(address)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(_LEDGER)
        ran = {row[0] for row in await connection.fetch(_RAN)}
        with _engine(address):
            for step in steps(apps):
                if step.name not in ran:
                    await _run(step)
        await _grant(connection)
    finally:
        await connection.close()


async def check_version(database: Database, apps: Sequence[str] = ()) -> str | None:
    """``None`` where every migration has run, else one line that names those that haven't. One query; ``serve`` refuses
    on an answer.
    """
    try:
        missing = [row[0] for row in await database.fetch(_MISSING, [step.name for step in steps(apps)])]
    except (asyncpg.UndefinedTableError, asyncpg.InvalidParameterValueError):
        return "the database is empty: run `xenia migrate`"
    return f"the database is behind ({', '.join(missing)}): run `xenia migrate`" if missing else None


async def gone_apps(database: Database, apps: Sequence[str]) -> tuple[str, ...]:
    """Those that once migrated this database and are neither the core nor among ``apps``, by the names they gave themselves."""
    known = {step.name for step in steps(apps)}
    rows = await database.fetch(_APPS)
    return tuple(sorted({row["app_name"] for row in rows} - {row["app_name"] for row in rows if row["step"] in known}))


def steps(apps: Sequence[str] = ()) -> tuple[Step, ...]:
    """Every migration there is: the core's first, then each app's, oldest first."""
    return tuple(step for app in dict.fromkeys((CORE, *apps)) for step in _steps(app))


def _steps(app: str) -> Iterator[Step]:
    package = app.rpartition(".")[0]
    try:
        names = [entry.name for entry in files(package).joinpath("migrations").iterdir()]
    except (ModuleNotFoundError, FileNotFoundError) as problem:
        raise SetupError(
            f"there are no migrations beside {app}: make the folder, or take `migrations` out of the plugin's manifest"
        ) from problem
    for name in sorted(name.removesuffix(".py") for name in names if name.endswith(".py") and name != "__init__.py"):
        yield Step(f"{package}.migrations.{name}", name)


@contextmanager
def _engine(address: str) -> Iterator[None]:
    """Piccolo finds its engine through an environment variable, and speaks to the terminal."""
    from piccolo.engine.postgres import PostgresEngine  # imported late: takes most of a second

    os.environ["PICCOLO_CONF"] = piccolo_conf.__name__
    # It loads a formatter that asks where its cache would be; an account in a container may have no home.
    os.environ.setdefault("XDG_CACHE_HOME", gettempdir())
    token = piccolo_conf.engine.set(PostgresEngine(config={"dsn": address}, extensions=()))
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        piccolo_conf.engine.reset(token)


async def _run(step: Step) -> None:
    """Run one migration and write it down in the same transaction."""
    manager = await import_module(step.module).forwards()
    if _file_name(manager) != step.name:
        raise SetupError(f"the migration {step.module} must be called {_file_name(manager)}, after its app and ID")

    async def record() -> None:
        sql = "INSERT INTO migration (name, app_name) VALUES ($1, $2)"
        transaction = piccolo_conf.engine.get().current_transaction.get()
        await transaction.connection.execute(sql, manager.migration_id, manager.app_name)

    manager.add_raw(record)
    try:
        await manager.run()
    except asyncpg.PostgresError as problem:
        raise SetupError(f"the migration {step.name} failed: {problem.args[0]}") from problem


def _file_name(manager: Any) -> str:
    return re.sub("[^A-Za-z0-9]", "_", f"{manager.app_name}_{manager.migration_id}").lower()


async def _grant(connection: Connection) -> None:
    """Make the roles and say what they may. Roles belong to the server, so another database's migration may do the same
    this moment.
    """
    script = _ROLES.read_text("utf-8")
    for attempt in range(_ROLE_ATTEMPTS):
        try:
            async with connection.transaction():
                await connection.execute(script)
            return
        except _RACES as problem:
            if attempt == _ROLE_ATTEMPTS - 1:
                raise SetupError(f"the roles can't be made: {problem}") from problem
            await asyncio.sleep(0.02 * (attempt + 1))
        except asyncpg.InsufficientPrivilegeError as problem:
            raise SetupError(f"{problem.args[0]}: {_REMEDY}") from problem
