"""What is measured: an embedded database, a tenant with every plugin on, and ``xenia serve`` with one worker on one core."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.processes import SERVER_CORE, Tree, free_port, started, wait_for
from tests.bench.seeds import TENANT, seed
from xenia.embedded import EmbeddedPostgres
from xenia.serving.installation import Installation

XENIA = str(Path(sys.executable).with_name("xenia"))


class System:
    """A running system: its installation for seeding, its address, and the processes whose time is counted."""

    def __init__(self, installation: Installation, postgres: EmbeddedPostgres) -> None:
        self.installation = installation
        self.database_url = installation.address
        self.sockets = str(postgres.sockets)
        self.database = tree_of(postgres)
        self.server: Tree

    @property
    def public_url(self) -> str:
        """The address of the server."""
        return self.installation.settings.public_url

    def at(self, path: str, tenant: str = TENANT) -> str:
        """The address of a tenant's path."""
        return f"{self.public_url}/t/{tenant}{path}"

    @contextmanager
    def serving(self, core: int | None = SERVER_CORE) -> Iterator[None]:
        """With ``xenia serve`` running, on one core unless it may have all."""
        with started([XENIA, "serve"], environment=self.installation.environ, core=core) as process:
            wait_for(f"{self.public_url}/health/ready")
            self.server = Tree(process.pid)
            yield


def tree_of(postgres: EmbeddedPostgres) -> Tree:
    """The processes of a running database."""
    return Tree(int(postgres.pid_file.read_text().split()[0]))


@contextmanager
def data_folder() -> Iterator[Path]:
    """A folder for one run's data."""
    with tempfile.TemporaryDirectory(prefix="xenia-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # as root, the database runs under an account of its own and must get through
        yield folder


@contextmanager
def prepared(folder: Path, tenants: int, users: int) -> Iterator[System]:
    """A system with a seeded database, not serving yet: so many tenants of so many people."""
    with EmbeddedPostgres(folder) as postgres:
        installation = Installation(environment(folder, postgres.address), postgres.address)
        asyncio.run(installation.migrate())
        asyncio.run(seed(installation, tenants, users))
        yield System(installation, postgres)


def environment(folder: Path, database_url: str = "") -> Mapping[str, str]:
    """The settings of a run, on a port of its own. Without an address, ``xenia serve`` brings the database itself."""
    port = free_port()
    return {
        "XENIA_CONFIG": "",
        "XENIA_PUBLIC_URL": f"http://localhost:{port}",
        "XENIA_LISTEN": f"127.0.0.1:{port}",
        "XENIA_DATA_DIR": str(folder),
        "XENIA_DEVELOPMENT": "true",
        "XENIA_LOG": "json:error",
        **({"XENIA_DATABASE_URL": database_url} if database_url else {}),
    }
