"""The page behind a link to cancel, and the one for a forgotten name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from litestar import get, post
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import (
    Context,
    Host,
    Limit,
    NotFound,
    Page,
    Redirect,
    Reservation,
    StepView,
    TooMany,
    context_of,
    path_below,
    public,
    source_key,
    text,
)
from xenia_recovery.names import Names
from xenia_recovery.service import Requests
from xenia_recovery.settings import RecoverySettings
from xenia_recovery.views import cancel_view, name_view

PER_SOURCE = Limit("recovery.names.source", 30, timedelta(hours=1))
LONGEST = 254

CANCEL = {"guard": public("Guarded by the secret of the link in the notice, which works once.")}
ASK = {"guard": public("Whoever forgot their name can't sign in to say so.")}
SAY = {"guard": public("A sentence without any data.")}


def routes(host: Host, requests: Requests, names: Names) -> Sequence[BaseRouteHandler]:
    """Cancelling, and asking for a name."""
    return [*_cancelling(requests), *_names(host, names)]


def _cancelling(requests: Requests) -> Sequence[BaseRouteHandler]:
    @get("/recovery/cancelled", opt=SAY)
    async def cancelled() -> Response[Any]:
        """Nothing will be removed."""
        return _said("recovery.cancelled", symbol="check")

    @get("/recovery/cancel/{secret:str}", opt=CANCEL)
    async def show(request: Request[Any, Any, Any], secret: FromPath[str]) -> Response[Any]:
        """Ask for the press of a button. Scanners, previews and prefetching browsers get so far, and no further."""
        if await requests.ticket(context_of(request), secret) is None:
            return _gone()
        return _page(cancel_view(), f"/recovery/cancel/{secret}")

    @post("/recovery/cancel/{secret:str}", opt=CANCEL, status_code=200)
    async def cancel(request: Request[Any, Any, Any], secret: FromPath[str]) -> Response[Any]:
        """Cancel the request."""
        if not await requests.cancel_by_link(context_of(request), secret):
            return _gone()
        return Redirect(path_below(request, "/recovery/cancelled"))

    return [cancelled, show, cancel]


def _names(host: Host, names: Names) -> Sequence[BaseRouteHandler]:
    @get("/recovery/name", opt=ASK)
    async def show(request: Request[Any, Any, Any]) -> Response[Any]:
        """Ask for the address."""
        await _is_on(host, context_of(request))
        return _page(name_view({}), "/recovery/name")

    @post("/recovery/name", opt=ASK, status_code=200)
    async def ask(request: Request[Any, Any, Any]) -> Response[Any]:
        """Take the address. The same answer for all, made without looking anybody up."""
        context = context_of(request)
        await _is_on(host, context)
        typed = await _address(request)
        if not typed or len(typed) > LONGEST or "@" not in typed:
            problem = {"identifier": text("recovery.name.wrong")}
            return _page(name_view(problem, typed[:LONGEST]), "/recovery/name", status=422)
        await _reserve(host, context)
        await names.ask(context, typed)
        return Redirect(path_below(request, "/recovery/name/sent"))

    @get("/recovery/name/sent", opt=SAY)
    async def sent(request: Request[Any, Any, Any]) -> Response[Any]:
        """Look into your mailbox, if there is an account."""
        await _is_on(host, context_of(request))
        return _said("recovery.name.sent", symbol="mail")

    return [show, ask, sent]


async def _is_on(host: Host, context: Context) -> None:
    if not (await host.config.get(context, RecoverySettings)).user_names:
        raise NotFound("nobody signs in by a name here")


async def _address(request: Request[Any, Any, Any]) -> str:
    values = (await request.form()).getall("identifier", [])
    return values[0].strip() if len(values) == 1 and isinstance(values[0], str) else ""


async def _reserve(host: Host, context: Context) -> None:
    place = await host.limits.reserve(context.tenant, PER_SOURCE, source_key(context.source.address))
    if not isinstance(place, Reservation):
        raise TooMany(place.retry_after)


def _page(view: StepView, action: str, *, status: int = 200) -> Response[Any]:
    data = {"view": view, "action": action, "handle": "", "can_change": False}
    return Page("auth/journey.html", data, title=view.title, status=status, errors=view.errors)


def _gone() -> Response[Any]:
    """Used, expired, cancelled in another way or never issued: all answer alike."""
    return _said("recovery.gone", symbol="clock", status=410)


def _said(name: str, *, symbol: str, status: int = 200) -> Response[Any]:
    data = {
        "lead": text(f"{name}.lead"),
        "symbol": symbol,
        "next": {"label": text("recovery.sign_in"), "href": "/sign-in"},
    }
    return Page("auth/message.html", data, title=text(f"{name}.title"), status=status)
