"""What a person may ask of their apps and codes: to see that they exist, to have them erased, and to take them along in a merge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xenia.api import Credential, CredentialKeeper, Host, PersonalData
from xenia_totp import recovery, service


def personal_data(host: Host) -> PersonalData:
    """The contribution. Apps go along; codes too, unless the other account has codes of its own."""
    kinds = (service.KIND, recovery.KIND)
    return CredentialKeeper(host.credentials, kinds, _shown, yielding=(recovery.KIND,)).contribution(service.PLUGIN)


def _shown(rows: Sequence[Credential]) -> dict[str, Any]:
    """Names and times. A seed is a secret between two machines and stays one."""
    apps = [one for one in rows if one.kind == service.KIND]
    return {
        "apps": [{"name": one.label, "added_at": one.created_at.isoformat()} for one in apps],
        "recovery_codes_left": sum(one.kind == recovery.KIND for one in rows),
    }
