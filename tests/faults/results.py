"""A plugin of pytest for ``make faults``: leaves what came of each test in a file."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

RESULTS = "XENIA_FAULTS_RESULTS"
"""Where a run writes what came of each test."""

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
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, load average {os.getloadavg()[2]:.0f}"
        found = {"date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "machine": machine, "results": _results}
        Path(path).write_text(json.dumps(found, indent=2) + "\n")
