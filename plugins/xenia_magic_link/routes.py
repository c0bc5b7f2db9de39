"""The page behind a link. Opening it changes nothing, pressing its button does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import Context, Host, Page, Redirect, StepView, context_of, path_below, public, text
from xenia_magic_link.models import Link
from xenia_magic_link.service import LinkService
from xenia_magic_link.settings import MagicLinkSettings
from xenia_magic_link.views import elsewhere_view, here_view

OPEN = {"guard": public("Guarded by the secret of the link in the mail, which works once.")}
SAY = {"guard": public("A sentence without any data.")}


def routes(host: Host, links: LinkService) -> Sequence[BaseRouteHandler]:
    """Opening a link, and letting the sign-in go on."""

    @get("/magic-link/done", opt=SAY)
    async def done() -> Response[Any]:
        """Go back to the window that waits."""
        return _said("magic_link.done", symbol="check")

    @get("/magic-link/{secret:str}", opt=OPEN)
    async def show(request: Request[Any, Any, Any], secret: FromPath[str]) -> Response[Any]:
        """Ask for the press of a button. Scanners, previews and prefetching browsers get so far, and no further."""
        context = context_of(request)
        link = await links.find(context, secret)
        if link is None or not link.is_open:
            return _gone()
        return await _asked(context, link, secret)

    @post("/magic-link/{secret:str}", opt=OPEN, status_code=200)
    async def use(request: Request[Any, Any, Any], secret: FromPath[str]) -> Response[Any]:
        """Let the sign-in go on: here where this browser began it, else in the window that shows the number."""
        context = context_of(request)
        if (link := await links.find(context, secret)) is None:
            return _gone()
        if _is_here(context, link):
            return await _go_on(request, link)
        if not await _anywhere(context):
            return _said("magic_link.other_browser", symbol="laptop", status=403)
        approved = await links.approve(context, link, await _number(request))
        if approved is None:
            return _gone()
        if not approved:
            return await _wrong(context, secret)
        return Redirect(path_below(request, "/magic-link/done"))

    async def _asked(context: Context, link: Link, secret: str) -> Response[Any]:
        if _is_here(context, link):
            return _page(here_view(link.about), secret, leads_to=link.about.leads_to)
        if not await _anywhere(context):
            return _said("magic_link.other_browser", symbol="laptop", status=403)
        return _page(elsewhere_view(link.about, _minutes(link)), secret)

    async def _wrong(context: Context, secret: str) -> Response[Any]:
        """Ask again, as long as there is a try left."""
        link = await links.find(context, secret)
        if link is None or not link.is_open:
            return _gone()
        problem = {"number": text("magic_link.elsewhere.wrong")}
        return _page(elsewhere_view(link.about, _minutes(link), problem), secret, status=422)

    async def _go_on(request: Request[Any, Any, Any], link: Link) -> Response[Any]:
        """The journey's own next step, which takes what was approved. A button that is pressed twice leads there twice, and does one thing."""
        await links.approve(context_of(request), link, None)
        return await host.journeys.go_on(request, link.ticket.journey, {"action": ""}) or _gone()

    async def _anywhere(context: Context) -> bool:
        return (await host.config.get(context, MagicLinkSettings)).other_devices

    def _minutes(link: Link) -> int:
        return max(1, round((host.clock.now() - link.about.at).total_seconds() / 60))

    return (done, show, use)


def _is_here(context: Context, link: Link) -> bool:
    """Whether this is the browser that began. A hint for which page to show: going on asks for the browser's own secret."""
    return bool(link.about.browser) and context.source.browser == link.about.browser


async def _number(request: Request[Any, Any, Any]) -> int:
    """The number that was typed; -1 for anything else, which is never right."""
    values = (await request.form()).getall("number", [])
    typed = "".join(values[0].split()) if len(values) == 1 and isinstance(values[0], str) else ""
    return int(typed) if len(typed) == 2 and typed.isascii() and typed.isdecimal() else -1


def _page(view: StepView, secret: str, *, status: int = 200, leads_to: str = "") -> Response[Any]:
    data = {"view": view, "action": f"/magic-link/{secret}", "handle": "", "can_change": False}
    away = (leads_to,) if leads_to else ()
    return Page("auth/journey.html", data, title=view.title, status=status, errors=view.errors, form_action=away)


def _gone() -> Response[Any]:
    """Used, expired, replaced or never issued: all answer alike."""
    return _said("magic_link.gone", symbol="clock", status=410)


def _said(name: str, *, symbol: str, status: int = 200) -> Response[Any]:
    data = {"lead": text(f"{name}.lead"), "symbol": symbol, "next": None}
    return Page("auth/message.html", data, title=text(f"{name}.title"), status=status)
