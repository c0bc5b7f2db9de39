"""A hot endpoint's call: its parameters, its answer as JSON, and who may read it from another origin (Fetch, CORS)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import Any

import msgspec

from xenia.api import Actor, ActorKind, Context, HotAnswer, HotRequest, HotRoute, Tenant, public
from xenia_oidc.client import Client
from xenia_oidc.errors import Header, OAuthError
from xenia_oidc.parameters import Parameters

_NO_STORE: tuple[Header, ...] = ((b"cache-control", b"no-store"), (b"pragma", b"no-cache"))
_FORM = b"application/x-www-form-urlencoded"
_ORIGIN = re.compile(rb"https?://[A-Za-z0-9._\-\[\]:]{1,255}")
_PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"authorization, content-type, dpop"),
    (b"access-control-max-age", b"3600"),
    (b"vary", b"origin"),
)


class Call:
    """One call of a hot endpoint. ``client`` is set as soon as it is known, so that errors too can be read by its
    pages.
    """

    def __init__(self, request: HotRequest) -> None:
        self.request = request
        self.context: Context = request.context
        """The call's context; once the client is known, narrowed to it and acting as it."""
        self._client: Client | None = None

    @property
    def client(self) -> Client | None:
        """The client that calls, as soon as it is known."""
        return self._client

    @client.setter
    def client(self, client: Client) -> None:
        actor = Actor(ActorKind.APPLICATION, client.id, self.tenant.id)
        self._client = client
        self.context = self.request.context.for_application(client.id).acting(actor)

    @property
    def tenant(self) -> Tenant:
        """The tenant."""
        return self.request.tenant

    @cached_property
    def parameters(self) -> Parameters:
        """The form, each parameter once. Raises ``OAuthError``."""
        if self.request.headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != _FORM:
            raise OAuthError("invalid_request", "a form is wanted (application/x-www-form-urlencoded)")
        return Parameters.parse(self.request.body).once()

    def header(self, name: bytes) -> str:
        """A request header, ``""`` where there is none."""
        return self.request.headers.get(name, b"").decode("latin-1")


Run = Callable[[Call], Awaitable[HotAnswer]]


def answer(
    body: bytes, content_type: bytes, *, status: int = 200, headers: tuple[Header, ...] = _NO_STORE
) -> HotAnswer:
    """Bytes with their type, not to be stored unless ``headers`` say otherwise."""
    mine = ((b"content-type", content_type), (b"content-length", str(len(body)).encode()))
    return HotAnswer(status, (*mine, *headers), body)


def as_json(document: Mapping[str, Any], *, status: int = 200, headers: tuple[Header, ...] = ()) -> HotAnswer:
    """A JSON object that nobody may store."""
    return answer(msgspec.json.encode(document), b"application/json", status=status, headers=(*_NO_STORE, *headers))


def hot_route(path: str, methods: frozenset[str], run: Run, reason: str, *, any_origin: bool = False) -> HotRoute:
    """An endpoint below the issuer; refusals become OAuth's JSON. ``any_origin``: the answer is the same for everybody."""

    async def handler(request: HotRequest) -> HotAnswer:
        call = Call(request)
        if request.method == "OPTIONS":
            return _preflight(request, any_origin=any_origin)
        given = await _answered(call, methods, run)
        return _readable(given, call, any_origin=any_origin)

    return HotRoute(path=path, methods=methods | {"OPTIONS"}, handler=handler, guard=public(reason), ready=any_origin)


async def _answered(call: Call, methods: frozenset[str], run: Run) -> HotAnswer:
    if call.request.method not in methods:
        allow = ", ".join(sorted(methods)).encode()
        return as_json({"error": "invalid_request"}, status=405, headers=((b"allow", allow),))
    try:
        return await run(call)
    except OAuthError as refused:
        return as_json(refused.document(), status=refused.status, headers=refused.headers)


def _preflight(request: HotRequest, *, any_origin: bool) -> HotAnswer:
    """A preflight names no client, so any origin may ask; whether it may read the answer is decided with the answer."""
    origin = request.headers.get(b"origin", b"")
    allowed = b"*" if any_origin else origin if _ORIGIN.fullmatch(origin) else b""
    headers = ((b"access-control-allow-origin", allowed), *_PREFLIGHT) if allowed else ()
    return HotAnswer(204, (*headers, (b"cache-control", b"no-store")), b"")


def _readable(given: HotAnswer, call: Call, *, any_origin: bool) -> HotAnswer:
    """Let pages of the client's own origins read the answer; nobody else's."""
    if any_origin:
        more: tuple[Header, ...] = ((b"access-control-allow-origin", b"*"),)
    else:
        origin = call.header(b"origin")
        if not origin:
            return given
        more = ((b"vary", b"origin"),)
        if call.client is not None and origin in call.client.origins:
            expose = (b"access-control-expose-headers", b"www-authenticate")
            more = (*more, (b"access-control-allow-origin", origin.encode()), expose)
    shared = (b"cross-origin-resource-policy", b"cross-origin")
    return HotAnswer(given.status, (*given.headers, *more, shared), given.body)
