"""Whoever reads the published keys has an RSA key made; these tests share one."""

from __future__ import annotations

import pytest

from xenia.testing.ready_keys import one_rsa_key

__all__ = ["one_rsa_key"]


@pytest.fixture(autouse=True)
def _quick_keys(one_rsa_key: None) -> None: ...
