"""The endpoints that devices speak to. Each takes one signed message, ``POST`` as ``application/jwt``, and answers with JSON.

``docs/guides/push-protocol.md`` is this, for who writes an app.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from math import ceil
from typing import Any, TypeVar

import msgspec

from xenia.api import Context, Host, HotAnswer, HotRequest, HotRoute, Shield, TooMany, public
from xenia_push.challenges import Challenges
from xenia_push.devices import Device, Devices
from xenia_push.errors import NotOpen, NotUnderstood
from xenia_push.messages import read
from xenia_push.models import Answer, Change, Claims, Outcome

MEDIA_TYPE = b"application/jwt"
TOLD = {Outcome.APPROVED: "approved", Outcome.WRONG: "wrong_number"}
REFUSALS_A_SECOND, REFUSALS_AT_ONCE = 1.0, 300

C = TypeVar("C", bound=Claims)
Run = Callable[[HotRequest], Awaitable[dict[str, Any]]]


class Protocol:
    """Reads messages and lets the services act on them. What is refused is counted against its source."""

    def __init__(self, host: Host) -> None:
        self._devices = Devices(host)
        self._challenges = Challenges(host)
        self._host = host
        self._refusals = Shield(REFUSALS_A_SECOND, REFUSALS_AT_ONCE, clock=host.clock)

    def routes(self) -> Sequence[HotRoute]:
        """Every endpoint."""
        return (
            self._route(
                "/push/devices", self._register, "Guarded by the one-time token of the picture, and a signature."
            ),
            self._route("/push/challenges", self._list, "Guarded by the device's signature."),
            self._route("/push/answers", self._answer, "Guarded by the device's signature."),
            self._route("/push/device", self._change, "Guarded by the device's signature."),
            self._route("/push/device/remove", self._remove, "Guarded by the device's signature."),
        )

    def _route(self, path: str, run: Run, reason: str) -> HotRoute:
        async def handler(request: HotRequest) -> HotAnswer:
            if request.method != "POST":
                return _json(405, {"type": "urn:xenia:error:invalid_request", "title": "POST", "status": 405}, _ALLOW)
            return _json(200, await self._shielded(request, run))

        return HotRoute(path=path, methods=frozenset({"POST"}), handler=handler, guard=public(reason))

    async def _shielded(self, request: HotRequest, run: Run) -> dict[str, Any]:
        source = request.context.source.address
        if wait := self._refusals.wait(source):
            raise TooMany(ceil(wait))
        if request.headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != MEDIA_TYPE:
            raise NotUnderstood("application/jwt is wanted")
        told = await run(request)
        self._refusals.give_back(source)
        return told

    async def _known(self, request: HotRequest, typ: str, kind: type[C]) -> tuple[Context, Device, C]:
        device, said = await self._devices.known(request.context, request.tenant.issuer, read(request.body, typ), kind)
        return request.context, device, said

    async def _register(self, request: HotRequest) -> dict[str, Any]:
        message = read(request.body, "push-device+jwt")
        device, number = await self._devices.register(request.context, request.tenant.issuer, message)
        return {"device": str(device), "number": str(number), "title": request.tenant.title}

    async def _list(self, request: HotRequest) -> dict[str, Any]:
        context, device, _ = await self._known(request, "push-list+jwt", Claims)
        user = await self._host.users.get(context, device.user_id)
        open_ = await self._challenges.of_device(context, device)
        return {"account": user.email if user else "", "challenges": [one.shown() for one in open_]}

    async def _answer(self, request: HotRequest) -> dict[str, Any]:
        context, device, said = await self._known(request, "push-answer+jwt", Answer)
        if (outcome := await self._challenges.answer(context, device, said)) is None:
            raise NotOpen("answered, over, or another's")
        return {"result": TOLD.get(outcome, "denied")}

    async def _change(self, request: HotRequest) -> dict[str, Any]:
        context, device, said = await self._known(request, "push-change+jwt", Change)
        await self._devices.change(context, request.tenant.issuer, device, said)
        return {}

    async def _remove(self, request: HotRequest) -> dict[str, Any]:
        context, device, _ = await self._known(request, "push-remove+jwt", Claims)
        await self._devices.remove(context, device)
        return {}


_ALLOW = ((b"allow", b"POST"),)


def _json(status: int, content: dict[str, Any], more: tuple[tuple[bytes, bytes], ...] = ()) -> HotAnswer:
    kind = b"application/json" if status < 400 else b"application/problem+json"
    headers = ((b"content-type", kind), (b"cache-control", b"no-store"), *more)
    return HotAnswer(status, headers, msgspec.json.encode(content))
