"""Single claims and the assurance asked for (OpenID Connect Core sections 5.5 and 5.5.1.1)."""

from __future__ import annotations

from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.claims_request import ClaimsRequest
from xenia_oidc.discovery import ACR_VALUES
from xenia_oidc.errors import AuthorizationError


async def check_claims(inquiry: Inquiry) -> None:
    """Settle ``claims``, ``acr_values`` and whether the assurance is essential."""
    if raw := inquiry.parameters.get("claims"):
        inquiry.claims = ClaimsRequest.parse(raw)
    wanted = inquiry.claims.id_token.get("acr")
    if wanted is not None and wanted.essential:
        inquiry.acr_essential = True
        inquiry.acr_values = _possible(wanted.wanted)
    elif wanted is not None and wanted.wanted:
        inquiry.acr_values = wanted.wanted
    else:
        inquiry.acr_values = tuple(inquiry.parameters.get("acr_values").split())[:10]


def _possible(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The values that exist here. Asked for an essential one that doesn't, nobody could ever sign in: say so at once."""
    possible = tuple(value for value in wanted if value in ACR_VALUES)
    if wanted and not possible:
        raise AuthorizationError("unmet_authentication_requirements", "no such acr is offered")
    return possible or ACR_VALUES[:1]
