"""One installation of two processes for all the faults of a run; and the file in which a run leaves what it saw."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.core.serving.processes import free_port, open_folder
from tests.faults.count import Count
from tests.faults.world import World, world
from xenia.embedded import EmbeddedValkey
from xenia.testing.database import create, drop

RESULTS = "XENIA_FAULTS_RESULTS"
"""Where a run writes what came of each test."""


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


_results: dict[str, dict[str, Any]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what came of a test, all its cases together. A failure anywhere counts."""
    found = _results.setdefault(report.nodeid.partition("[")[0], {"passed": True, "cases": 0, "seconds": 0.0})
    found["passed"] &= report.passed
    if report.when == "call":
        found["cases"] += 1
        found["seconds"] += report.duration
    if report.when == "teardown":
        for name, number in dict(report.user_properties).get("faults", {}).items():  # type: ignore[attr-defined]
            found[name] = found.get(name, 0) + number


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the results; only the process that saw all of them does."""
    path = os.environ.get(RESULTS)
    if path and _results and not hasattr(session.config, "workerinput"):
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        found = {"date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "machine": machine, "results": _results}
        Path(path).write_text(json.dumps(found, indent=2) + "\n")
