"""Sessions: a browser that is signed in, kept on the server."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Factor(StrEnum):
    """What kind of evidence a proof is (NIST SP 800-63B section 4).

    ``MAILBOX`` is none of the standard's: whoever reads a mailbox knows whatever opens it, so it counts as ``KNOWLEDGE`` does
    and adds nothing to that.
    """

    KNOWLEDGE = "knowledge"
    POSSESSION = "possession"
    INHERENCE = "inherence"
    MAILBOX = "mailbox"


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence that was given.

    The method, its factors, its ``amr`` values (RFC 8176), when, and by which credential. ``exportable``: the key may be
    copied to other devices, as passkeys that are synced are, and reaches ``aal3`` with nothing (NIST SP 800-63B section 2.3).
    """

    method: str
    factors: frozenset[Factor]
    amr: tuple[str, ...]
    at: datetime
    credential: UUID | None = None
    phishing_resistant: bool = False
    exportable: bool = False


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One signed-in browser. The cookie's secret is stored as its hash only; ``id`` is not a secret."""

    tenant: str
    id: UUID
    user_id: UUID
    acr: str
    amr: tuple[str, ...]
    proofs: tuple[Proof, ...]
    authenticated_at: datetime
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str = ""
    user_agent: str = ""
    fields: dict[str, str] = {}
