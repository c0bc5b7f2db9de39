"""One installation of two processes for all the faults of a run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict
from typing import Any

import pytest

from tests.core.serving.processes import free_port, open_folder
from tests.faults.count import Count
from tests.faults.world import World, world
from xenia.embedded import EmbeddedValkey
from xenia.testing.database import create, drop


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def installation(database_server: str, database_template: str) -> AsyncIterator[tuple[World, EmbeddedValkey]]:
    address = await create(database_server, database_template)
    with open_folder() as folder, EmbeddedValkey(folder) as valkey:
        async with world(folder, address, valkey.address, (free_port(), free_port())) as made:
            yield made, valkey
    await drop(database_server, address)


@pytest.fixture
def two(installation: tuple[World, EmbeddedValkey]) -> World:
    """The installation, whole."""
    return installation[0]


@pytest.fixture
def valkey(installation: tuple[World, EmbeddedValkey]) -> EmbeddedValkey:
    """Its Valkey."""
    return installation[1]


@pytest.fixture
def count(record_property: Callable[[str, Any], None]) -> Iterator[Count]:
    """What the test saw, for the page of results."""
    made = Count()
    yield made
    record_property("faults", asdict(made))
