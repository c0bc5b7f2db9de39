"""A world over an empty database."""

from __future__ import annotations

import pytest

from tests.core.tokens.world import World
from xenia.db import Database


@pytest.fixture
async def world(database: Database) -> World:
    """Two tenants, and the services of one process."""
    made = World(database)
    await made.populate()
    return made
