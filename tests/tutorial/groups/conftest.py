"""A database that has the example's table too."""

from __future__ import annotations

import sys

import pytest

from tests.tutorial.environment import ROOT
from xenia.plugin.manifest import discover
from xenia.testing.database import database_template, worker_database

__all__ = ["database_template", "worker_database"]
sys.path.append(str(ROOT / "examples" / "xenia_groups"))


@pytest.fixture(scope="session")
def migration_apps() -> tuple[str, ...]:
    """The installed plugins' and the example's."""
    installed = sorted(plugin.manifest.migrations for plugin in discover() if plugin.manifest.migrations)
    return (*installed, "xenia_groups.piccolo_app")
