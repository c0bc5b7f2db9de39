"""System programs that tests start: a missing one skips the test on a developer's machine and fails it in CI."""

from __future__ import annotations

import os

import pytest

from scripts.programs import find


def require(name: str) -> str:
    """Where the program is."""
    if path := find(name):
        return path
    reason = f"{name} isn't here: `make deps` installs it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
