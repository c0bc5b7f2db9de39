"""A clean environment with the tutorial's plugin installed from a wheel, and a server that runs in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.serving.processes import free_port
from tests.tutorial.environment import EXAMPLE, Environment, Installation


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment beside this one: it sees what is installed here, and the plugin's wheel."""
    made = Environment.created(tmp_path_factory.mktemp("environment"))
    made.install(EXAMPLE)
    return made


@pytest.fixture
def installation(environment: Environment, tmp_path: Path, database_address: str) -> Installation:
    """Migrated, and not yet served."""
    port = free_port()
    settings = {
        "data_dir": str(tmp_path),
        "database_url": database_address,
        "listen": f"127.0.0.1:{port}",
        "public_url": f"http://localhost:{port}",
        "development": "true",
    }
    made = Installation(environment, tmp_path, settings)
    made.run("migrate")
    return made
