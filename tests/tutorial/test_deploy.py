"""The deployment guide's two accounts: one migrates, the other serves and can't change the schema."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.core.serving.processes import finished
from tests.tutorial.environment import ROOT
from xenia.embedded import EmbeddedPostgres
from xenia.testing.database import FAST, renamed

pytestmark = pytest.mark.slow


@pytest.fixture
def own_server() -> Iterator[str]:
    """A server that holds nothing yet."""
    folder = Path(tempfile.mkdtemp(prefix="xenia-deploy-"))
    folder.chmod(0o755)
    with EmbeddedPostgres(folder, FAST) as embedded:
        yield embedded.address
    shutil.rmtree(folder, ignore_errors=True)


async def _run(address: str, *statements: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _statements(name: str) -> list[str]:
    return (ROOT / "docs" / "deploy" / name).read_text("utf-8").strip().splitlines()


def test_the_account_that_serves_works_and_owns_nothing(own_server: str, tmp_path: Path) -> None:
    administrator = renamed(own_server, "postgres")
    asyncio.run(_run(administrator, "DROP DATABASE xenia", *_statements("roles.sql")))
    owner, serving = (
        renamed(own_server, "xenia").replace("xenia@", f"{who}@") for who in ("xenia_owner", "xenia_serve")
    )
    data_dir = str(tmp_path)
    migrated = finished("migrate", cwd=tmp_path, data_dir=data_dir, database_url=owner)
    assert migrated.returncode == 0, migrated.stderr
    asyncio.run(_run(administrator, *_statements("grant.sql")))

    made = finished("tenants", "create", "acme", cwd=tmp_path, data_dir=data_dir, database_url=serving)
    assert made.returncode == 0, made.stderr
    checked = finished("doctor", cwd=tmp_path, data_dir=data_dir, database_url=serving)
    well = {line.split()[1] for line in checked.stdout.splitlines() if line.startswith("ok ")}
    assert {"database", "schema", "issuers"} <= well, checked.stdout
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(_run(serving, "ALTER TABLE users ADD COLUMN more text"))
