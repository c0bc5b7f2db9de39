"""The page behind “This wasn’t me”."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import Host, Page, Redirect, context_of, path_below, public, text
from xenia_protection.disowning import Disowning, Notice
from xenia_protection.recovery import FORGOTTEN, Recovery

LINK = {"guard": public("Guarded by the secret of the link in the mail, which works once.")}
SAY = {"guard": public("A sentence without any data.")}

Ask = Request[Any, Any, Any]


def routes(host: Host) -> Sequence[BaseRouteHandler]:
    """Opening the link, pressing the button, and what is said then."""
    disowning, recovery = Disowning(host), Recovery(host)

    async def said(request: Ask, name: str, *, symbol: str, status: int = 200) -> Page:
        """A sentence, and the way to a new password, where that is what comes next."""
        way = ("recover", FORGOTTEN) if await recovery.by_password(context_of(request)) else ("sign_in", "/sign-in")
        onward = {"label": text(f"protection.disown.{way[0]}"), "href": way[1]}
        data = {"lead": text(f"{name}.lead"), "symbol": symbol, "next": onward}
        return Page("auth/message.html", data, title=text(f"{name}.title"), status=status)

    async def gone(request: Ask) -> Page:
        """Used, expired or never issued: all answer alike."""
        return await said(request, "protection.disown.gone", symbol="clock", status=410)

    @get("/not-me", opt=SAY)
    async def done(request: Ask) -> Response[Any]:
        """The account is closed; look into your mailbox."""
        return await said(request, "protection.disown.done", symbol="mail")

    @get("/not-me/{secret:str}", opt=LINK)
    async def show(request: Ask, secret: FromPath[str]) -> Response[Any]:
        """What happened, and what the button does. Opening it spends nothing: scanners of mails open links."""
        notice = await disowning.notice(context_of(request), secret)
        return _question(notice) if notice else await gone(request)

    @post("/not-me/{secret:str}", opt=LINK, status_code=200)
    async def disown(request: Ask, secret: FromPath[str]) -> Response[Any]:
        """Close the account. Nobody is signed in by it."""
        if not await disowning.disown(context_of(request), secret):
            return await gone(request)
        return Redirect(path_below(request, "/not-me"))

    return [done, show, disown]


def _question(notice: Notice) -> Page:
    data = {
        "lead": text("protection.disown.lead"),
        "rows": [
            {"label": text("protection.disown.what"), "value": notice.subject},
            {"label": text("protection.disown.when"), "value": "", "when": notice.at},
        ],
        "label": text("protection.disown.yes"),
        "cancel": "/sign-in",
    }
    return Page("auth/confirm.html", data, title=text("protection.disown.title"))
