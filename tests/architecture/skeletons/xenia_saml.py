"""SAML: a message that another site posts is stored, and answered by a 303 to a GET of our own site, which has our cookies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from litestar import get, post
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import (
    BadRequest,
    Context,
    Host,
    Manifest,
    NotFound,
    Outcome,
    ProtocolHandler,
    Redirect,
    Requirement,
    Resume,
    Session,
    context_of,
    hookimpl,
    literal,
    path_below,
    public,
)

manifest = Manifest(name="saml", title=literal("SAML"), summary=literal("Applications that speak SAML 2.0."))
STORE = public("Stores the message of a service provider and answers 303.", cross_site=True)
READ = public("Found by a handle; what follows asks for a session.")


class SamlSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is kept with each service provider."""

    consumer: str = ""


class SamlProtocol:
    """Where journeys for service providers go on."""

    name = "saml"
    settings: type[msgspec.Struct] | None = SamlSettings

    async def resume(
        self, context: Context, data: Mapping[str, Any], session: Session, request: Request[Any, Any, Any]
    ) -> Response[Any]:
        """An assertion about the person of the session."""
        return Response({"assertion": str(session.user_id), "in_response_to": data.get("request", "")})

    async def abandon(
        self, context: Context, data: Mapping[str, Any], request: Request[Any, Any, Any]
    ) -> Response[Any]:
        """The protocol's own refusal."""
        return Response({"status": "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"})


@hookimpl
def register_protocols(host: Host) -> Sequence[ProtocolHandler]:
    return (SamlProtocol(),)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    @post("/saml/sso", opt={"guard": STORE}, status_code=303)
    async def store(request: Request[Any, Any, Any]) -> Response[Any]:
        message = str((await request.form()).get("SAMLRequest", ""))
        if not message or len(message) > 100_000:
            raise BadRequest("no SAML request")
        handle = await host.one_time.issue(context_of(request).tenant, "sml", message.encode(), timedelta(minutes=5))
        return Redirect(path_below(request, f"/saml/sso/{handle}"))

    @get("/saml/sso/{handle:str}", opt={"guard": READ})
    async def read(request: Request[Any, Any, Any], handle: FromPath[str]) -> Response[Any]:
        message = await host.one_time.consume(context_of(request).tenant, "sml", handle)
        if message is None:
            raise NotFound("no such message")
        data = {"request": message.decode("utf-8", "replace")}
        found = await host.journeys.require(request, Requirement(), Resume("saml", data))
        if isinstance(found, Session):
            return await SamlProtocol().resume(context_of(request), data, found, request)
        return Redirect("/") if isinstance(found, Outcome) else found

    return store, read
