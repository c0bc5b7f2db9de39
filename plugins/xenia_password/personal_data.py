"""What a person may ask of their password: when it was set, to have it erased, and to take it along in a merge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xenia.api import Credential, CredentialKeeper, Host, PersonalData
from xenia_password.service import KIND, PLUGIN


def personal_data(host: Host) -> PersonalData:
    """The contribution. Where the other account has a password, that one stays."""
    return CredentialKeeper(host.credentials, (KIND,), _shown, yielding=(KIND,)).contribution(PLUGIN)


def _shown(rows: Sequence[Credential]) -> dict[str, Any]:
    """When it was set, and nothing else."""
    return {"set_at": rows[-1].created_at.isoformat()} if rows else {}
