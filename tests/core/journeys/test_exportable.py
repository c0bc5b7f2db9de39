"""A key that may be copied to other devices is resistant to phishing, and bound to none (NIST SP 800-63B section 2.3)."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from xenia.journeys.assurance import achieved
from xenia.sessions.models import Factor, Proof

KEY = Proof(
    method="passkey",
    factors=frozenset({Factor.POSSESSION, Factor.INHERENCE}),
    amr=("hwk", "user"),
    at=datetime(2026, 1, 1, tzinfo=UTC),
    phishing_resistant=True,
)
SYNCED = msgspec.structs.replace(KEY, exportable=True)
PASSWORD = Proof(method="password", factors=frozenset({Factor.KNOWLEDGE}), amr=("pwd",), at=KEY.at)


@pytest.mark.parametrize(
    ("given", "acr"),
    [
        ((KEY,), "aal3"),
        ((SYNCED,), "aal2"),
        ((PASSWORD, SYNCED), "aal2"),
        ((PASSWORD, KEY), "aal3"),
        ((SYNCED, KEY), "aal3"),
    ],
)
def test_only_a_key_of_one_device_reaches_the_highest_level(given: tuple[Proof, ...], acr: str) -> None:
    assert achieved(given) == acr
