"""Social sign-in: a method that leaves to another origin and comes back by a route, with a state that works once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import get
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import (
    Action,
    AuthMethod,
    Context,
    DiscoverableMethod,
    Factor,
    Form,
    Host,
    Journey,
    Link,
    Manifest,
    NotFound,
    Proof,
    Proven,
    Redirect,
    Refused,
    StepView,
    context_of,
    hookimpl,
    literal,
    path_below,
    public,
    state_of,
)

_FORM = '<form method="post" action="{}"><input type="hidden" name="ticket" value="{}"><button>Continue</button></form>'
PROVIDER = "https://provider.example/authorize"
manifest = Manifest(name="social", title=literal("Social sign-in"), summary=literal("Sign in with another provider."))


class Trip(msgspec.Struct, frozen=True):
    """One way out and back: for which browser and which journey."""

    browser: str
    handle: str


class SocialMethod:
    """Somebody whom another provider vouches for."""

    name = "social"
    factors = frozenset({Factor.KNOWLEDGE})
    amr: tuple[str, ...] = ("fed",)
    primary = True
    discoverable = True
    label = literal("Sign in with the provider")
    icon = "globe"

    def __init__(self, host: Host) -> None:
        self._host = host

    async def available(self, context: Context, journey: Journey) -> bool:
        """Everywhere: what is offered doesn't depend on the account."""
        return True

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """A way out; who comes back has a ticket in the form."""
        way = Link(label=self.label, href=f"/social/leave/{journey.handle}")
        return StepView(step="social", title=self.label, links=(way,), actions=(Action(label=literal("Continue")),))

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused:
        """Judge the ticket, once."""
        subject = await self._host.one_time.consume(context.tenant, "sot", form.get("ticket", ""))
        found = await self._host.credentials.by_lookup(context, "social", subject) if subject else None
        if found is None or not await self._host.hooks.link_identity(
            context, await self._user(context, found.user_id), {}
        ):
            return Refused(errors={"": literal("Nobody came back from there.")})
        proof = Proof(
            method=self.name, factors=self.factors, amr=self.amr, at=self._host.clock.now(), credential=found.id
        )
        return Proven(user_id=found.user_id, proof=proof)

    async def _user(self, context: Context, user_id: UUID) -> Any:
        return await self._host.users.get(context, user_id)


@hookimpl
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    return (SocialMethod(host),)


@hookimpl
async def link_identity(context: Context) -> bool:
    return True


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    @get("/social/leave/{handle:str}", opt={"guard": public("Leads to the provider; nobody is signed in yet.")})
    async def leave(request: Request[Any, Any, Any], handle: FromPath[str]) -> Response[Any]:
        trip = msgspec.json.encode(Trip(state_of(request)["browser"], handle))
        state = await host.one_time.issue(context_of(request).tenant, "sos", trip, timedelta(minutes=10))
        return Redirect(f"{PROVIDER}?state={state}")

    @get("/social/callback", opt={"guard": public("The provider's answer: good only with a state of ours, once.")})
    async def come_back(request: Request[Any, Any, Any]) -> Response[Any]:
        raw = await host.one_time.consume(context_of(request).tenant, "sos", request.query_params.get("state", ""))
        trip = msgspec.json.decode(raw, type=Trip) if raw else None
        if trip is None or not trip.browser or trip.browser != state_of(request)["browser"]:
            raise NotFound("no such trip from this browser")
        subject = request.query_params.get("code", "").encode()[:100]
        ticket = await host.one_time.issue(context_of(request).tenant, "sot", subject, timedelta(minutes=5))
        return Response(
            _FORM.format(path_below(request, f"/journey/{quote(trip.handle)}"), ticket), media_type="text/html"
        )

    return leave, come_back


if TYPE_CHECKING:

    def _proof(host: Host) -> DiscoverableMethod:
        return SocialMethod(host)
