"""A mailbox is no second factor: it counts as something known, in whichever order it is shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from xenia.journeys.assurance import achieved, amr_of, counted, factors_of
from xenia.sessions.models import Factor, Proof

AT = datetime(2026, 11, 22, tzinfo=UTC)


def proof(*factors: Factor) -> Proof:
    return Proof(method="-".join(factors), factors=frozenset(factors), amr=("x",), at=AT)


@pytest.mark.parametrize(
    ("proofs", "acr"),
    [
        ((Factor.MAILBOX,), "aal1"),
        ((Factor.MAILBOX, Factor.MAILBOX), "aal1"),
        ((Factor.KNOWLEDGE, Factor.MAILBOX), "aal1"),
        ((Factor.MAILBOX, Factor.KNOWLEDGE), "aal1"),
        ((Factor.MAILBOX, Factor.POSSESSION), "aal2"),
    ],
)
def test_what_it_is_worth_beside_others(proofs: tuple[Factor, ...], acr: str) -> None:
    given = tuple(proof(factor) for factor in proofs)
    assert achieved(given) == acr
    assert ("mfa" in amr_of(given)) == (acr == "aal2")


def test_it_is_counted_as_something_known() -> None:
    assert counted({Factor.MAILBOX, Factor.INHERENCE}) == {Factor.KNOWLEDGE, Factor.INHERENCE}
    assert factors_of((proof(Factor.MAILBOX), proof(Factor.KNOWLEDGE))) == {Factor.KNOWLEDGE}
