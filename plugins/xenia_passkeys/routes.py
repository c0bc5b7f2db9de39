"""Addresses that browsers, password managers and other sites of the tenant look up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import get
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.response import Response

from xenia.api import Goal, Host, Requirement, Resume, context_of, public, signed_in
from xenia_passkeys.models import PASSKEY
from xenia_passkeys.relying_party import relying_party

FRESH_SECONDS = 600
"""How recent a sign-in must be before a way to sign in is added (OWASP ASVS 7.5.1)."""
Ask = Request[Any, Any, Any]


def routes(host: Host) -> Sequence[BaseRouteHandler]:
    """Two well-known documents, and where one of them leads."""

    @get("/.well-known/webauthn", opt={"guard": public("Which sites share passkeys; no data of anybody.")})
    async def related(request: Ask) -> Response[dict[str, Any]]:
        """The origins that may use the passkeys of this domain (WebAuthn level 3 section 5.11)."""
        party = await relying_party(host, context_of(request))
        return Response({"origins": [one for one in party.origins if one.startswith(("https://", "http://"))]})

    @get("/.well-known/passkey-endpoints", opt={"guard": public("Where passkeys are managed; no data of anybody.")})
    async def endpoints(request: Ask) -> Response[dict[str, Any]]:
        """Where a password manager sends people to make passkeys and to see them (W3C: passkey endpoints)."""
        context = context_of(request)
        manage = await host.url(context, "/account/security")
        return Response({"enroll": await host.url(context, "/account/passkeys/new"), "manage": manage})

    @get("/account/passkeys/new", opt={"guard": signed_in(max_age=FRESH_SECONDS)})
    async def new(request: Ask) -> Response[Any]:
        """Begin to make one."""
        resume = Resume("page", {"path": "/account/security"})
        return await host.journeys.start(
            request, Goal.ENROL, resume, Requirement(max_age=FRESH_SECONDS), enrolment=PASSKEY
        )

    return (related, endpoints, new)
