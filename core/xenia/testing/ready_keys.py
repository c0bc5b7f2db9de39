"""One RSA key for a whole run: making one costs half a second, and every test has a tenant of its own."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from xenia.tokens.algorithms import ALGORITHMS, Private


@cache
def _made() -> Private:
    return ALGORITHMS["RS256"].make()


@pytest.fixture
def one_rsa_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tenant's key for RS256 is the same one. Not for tests that tell tenants apart by their keys."""
    key = _made()
    monkeypatch.setitem(ALGORITHMS, "RS256", replace(ALGORITHMS["RS256"], make=lambda: key))
