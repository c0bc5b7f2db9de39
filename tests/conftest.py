"""What every test may ask for: a database, and an event loop of asyncio alone."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from xenia.testing.app import app, make_app
from xenia.testing.database import (
    database,
    database_address,
    database_server,
    database_template,
    fresh_database,
    worker_database,
)

__all__ = [
    "app",
    "database",
    "database_address",
    "database_server",
    "database_template",
    "fresh_database",
    "make_app",
    "worker_database",
]

# No test asserts a time, hypothesis neither: how long an example takes tells of the machine.
settings.register_profile("xenia", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("xenia")

PLUGINS = Path(__file__).parent.parent / "plugins"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The only backend that Xenia runs on."""
    return "asyncio"


@pytest.fixture(scope="session")
def migration_apps() -> tuple[str, ...]:
    """Every plugin of this checkout that has tables, installed as an entry point or not yet."""
    modules = sorted(path.parent.name for path in PLUGINS.glob("*/piccolo_app.py"))
    return tuple(f"{module}.piccolo_app" for module in modules if _is_here(module))


def _is_here(module: str) -> bool:
    """Whether a package can be imported; a test that hides one makes the search itself fail."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
