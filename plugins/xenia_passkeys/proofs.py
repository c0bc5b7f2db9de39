"""What a signature is worth (RFC 8176; NIST SP 800-63B section 3.1.7)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from xenia.api import Factor, Proof
from xenia_passkeys.models import Made, Shown


def proof_of(method: str, shown: Shown | Made, *, at: datetime, credential: UUID | None = None) -> Proof:
    """Possession, and with user verification a second factor: which of a finger, a face or a PIN it was, nobody tells.

    A key that may be backed up leaves its device, so it counts as one in software.
    """
    more = {Factor.INHERENCE} if shown.verified else set()
    return Proof(
        method=method,
        factors=frozenset({Factor.POSSESSION, *more}),
        amr=("swk" if shown.eligible else "hwk", "user"),
        at=at,
        credential=credential,
        phishing_resistant=True,
        exportable=shown.eligible,
    )
