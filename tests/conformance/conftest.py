"""The providers, ready for one module each; and the file in which a whole run leaves its results."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conformance.notices import listening
from tests.conformance.providers.node import running
from tests.conformance.providers.provider import Provider
from tests.conformance.providers.xenia import Xenia
from xenia.plugin.manifest import discover
from xenia.testing.app import MakeApp
from xenia.testing.ready_keys import one_rsa_key

__all__ = ["one_rsa_key"]

RESULTS = "XENIA_CONFORMANCE_RESULTS"
"""Where a run writes what came of each module. Set, the run is a whole one: every provider, every planted defect."""

PLUGINS = ("mail", "oidc", "password", "web")
Start = Callable[[str], Awaitable[Provider]]


@pytest.fixture
async def start(make_app: MakeApp, one_rsa_key: None) -> AsyncIterator[Start]:
    """Starts a provider by its name."""
    async with AsyncExitStack() as stack:

        async def begin(name: str) -> Provider:
            notices = await stack.enter_async_context(listening())
            if name == "oidc-provider":
                return await stack.enter_async_context(running(notices))
            app = await make_app(discover(PLUGINS))
            await app.tenant()
            await (xenia := Xenia(app, notices)).prepare()
            return xenia

        yield begin


_results: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what came of a module; tests name themselves with ``record_property``. A failure anywhere counts."""
    known = dict(report.user_properties).get("conformance")
    if known and (report.when == "call" or report.failed):
        _results[str(known)] = "pass" if report.passed and _results.get(str(known)) != "fail" else "fail"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the results; only the process that saw all of them does."""
    path = os.environ.get(RESULTS)
    if path and _results and not hasattr(session.config, "workerinput"):
        found = {"date": datetime.now(UTC).date().isoformat(), "results": dict(sorted(_results.items()))}
        Path(path).write_text(json.dumps(found, indent=2) + "\n")
