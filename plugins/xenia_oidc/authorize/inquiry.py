"""An authorization request on its way through the checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from xenia.api import Context, Tenant
from xenia_oidc.claims_request import ClaimsRequest
from xenia_oidc.client import Client
from xenia_oidc.parameters import Parameters
from xenia_oidc.provider import Provider


@dataclass
class Inquiry:
    """What was asked (``parameters``) and what the checks have settled so far; each field is written by one check."""

    provider: Provider
    context: Context
    tenant: Tenant
    parameters: Parameters

    client: Client = field(init=False)
    redirect_uri: str = field(init=False)
    state: str = ""
    response_mode: str = "query"
    scope: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    nonce: str = ""
    code_challenge: str = ""
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    acr_essential: bool = False
    claims: ClaimsRequest = field(default_factory=ClaimsRequest)
    hinted_user: UUID | None = None
    login_hint: str = ""

    @property
    def is_silent(self) -> bool:
        """Whether no page may be shown (``prompt=none``)."""
        return "none" in self.prompt
