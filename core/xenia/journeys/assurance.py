"""Assurance: what a set of proofs is worth, as an ``acr`` value (NIST SP 800-63B section 4; RFC 8176 for ``amr``).

===========  =================================================================
``aal1``     any proof
``aal2``     two different factors
``aal3``     two different factors, one of them resistant to phishing and bound to a device
===========  =================================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from xenia.sessions.models import Factor, Proof

LEVELS = ("", "aal1", "aal2", "aal3")
SECOND_FACTOR = "aal2"


def rank(acr: str) -> int:
    """The place of an ``acr`` value; an unknown one is above everything, so that it is never met by accident."""
    return LEVELS.index(acr) if acr in LEVELS else len(LEVELS)


def strongest(*acrs: str) -> str:
    """The strongest of several values. An unknown one is above all others: what nobody can reach refuses, it is not dropped."""
    return max(acrs, key=rank, default="")


def counted(factors: Iterable[Factor]) -> frozenset[Factor]:
    """What the factors count as. A mailbox is opened by whoever knows its password, so it adds nothing to something known."""
    return frozenset(Factor.KNOWLEDGE if factor is Factor.MAILBOX else factor for factor in factors)


def factors_of(proofs: Iterable[Proof]) -> frozenset[Factor]:
    """Every factor that was shown."""
    return counted(factor for proof in proofs for factor in proof.factors)


def achieved(proofs: Iterable[Proof]) -> str:
    """The ``acr`` value that the proofs reach together."""
    given = tuple(proofs)
    if not given:
        return ""
    if len(factors_of(given)) < 2:
        return "aal1"
    return "aal3" if any(proof.phishing_resistant and not proof.exportable for proof in given) else "aal2"


def worth(factors: Iterable[Factor]) -> str:
    """The ``acr`` value that a method with these factors reaches by itself, at most ``aal2``."""
    return SECOND_FACTOR if len(counted(factors)) > 1 else "aal1"


def amr_of(proofs: Iterable[Proof]) -> tuple[str, ...]:
    """The ``amr`` values of all proofs, ``mfa`` among them where two factors were shown (RFC 8176 section 2)."""
    given = tuple(proofs)
    values = list(dict.fromkeys(value for proof in given for value in proof.amr))
    return tuple([*values, "mfa"] if len(factors_of(given)) > 1 else values)


def authenticated_at(proofs: Iterable[Proof]) -> datetime:
    """When the person last proved who they are."""
    return max(proof.at for proof in proofs)
