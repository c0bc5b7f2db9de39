"""What a person may ask of their number: to see it, to have it erased, and to take it along in a merge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xenia.api import Credential, CredentialKeeper, Host, PersonalData
from xenia_sms.service import KIND, PLUGIN


def personal_data(host: Host) -> PersonalData:
    """The contribution. Where the other account has a number, that one stays."""
    return CredentialKeeper(host.credentials, (KIND,), _shown, yielding=(KIND,)).contribution(PLUGIN)


def _shown(rows: Sequence[Credential]) -> dict[str, Any]:
    """The number itself, and when it was set up and used."""
    return {"numbers": [_number(row) for row in rows]}


def _number(row: Credential) -> dict[str, Any]:
    return {
        "number": row.data.decode(),
        "added_at": row.created_at.isoformat(),
        "used_at": row.used_at.isoformat() if row.used_at else None,
    }
