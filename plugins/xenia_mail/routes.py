"""The pages behind a link in a mail, and in development the mailbox."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import Host, NotFound, Page, Redirect, context_of, literal, path_below, public, text
from xenia_mail.mailbox import Mailbox
from xenia_mail.verification import Verification
from xenia_mail.views import confirm_view

CONFIRM = {"guard": public("Guarded by the secret of the link in the mail, which works once.")}
SAY = {"guard": public("A sentence without any data.")}
LOOK = {"guard": public("Development only: the mails that never left this machine.")}
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def verification_routes(verification: Verification) -> Sequence[BaseRouteHandler]:
    """Confirming an address by a link."""

    @get("/verify-email/done", opt=SAY)
    async def done() -> Response[Any]:
        """Go back to the window that waits."""
        return _said("mail.confirmed", symbol="check")

    @get("/verify-email/{secret:str}", opt=CONFIRM)
    async def ask(request: Request[Any, Any, Any], secret: FromPath[str]) -> Response[Any]:
        """Ask for the press of a button. Opening the page changes nothing: scanners of mails open links."""
        target = await verification.peek(context_of(request), secret)
        if target is None:
            return _said("mail.gone", symbol="clock", status=410)
        view = confirm_view(target.address)
        data = {"view": view, "action": f"/verify-email/{secret}", "handle": "", "can_change": False}
        return Page("auth/journey.html", data, title=view.title)

    @post("/verify-email/{secret:str}", opt=CONFIRM, status_code=200)
    async def confirm(request: Request[Any, Any, Any], secret: FromPath[str]) -> Response[Any]:
        """Confirm. This browser gets nothing by it; the one that began goes on."""
        if not await verification.approve(context_of(request), secret):
            return _said("mail.gone", symbol="clock", status=410)
        return Redirect(path_below(request, "/verify-email/done"))

    return (done, ask, confirm)


def mailbox_routes(host: Host, mailbox: Mailbox) -> Sequence[BaseRouteHandler]:
    """The mailbox; outside of development there is no such place."""
    if not host.settings.development:
        return ()

    @get("/mailbox", opt=LOOK)
    async def show_all(request: Request[Any, Any, Any]) -> Response[Any]:
        """The last mails, newest first."""
        mails = [
            {"href": f"/mailbox/{mail.id}", "subject": mail.subject, "recipient": mail.recipient, "at": mail.at}
            for mail in await mailbox.list(context_of(request))
        ]
        return Page("mail/mailbox.html", {"mails": mails}, title=text("mail.mailbox.title"))

    @get("/mailbox/{id:str}", opt=LOOK)
    async def show_one(request: Request[Any, Any, Any], id: FromPath[str]) -> Response[Any]:
        """One mail as text, its links to be followed."""
        mail = await mailbox.get(context_of(request), id)
        if mail is None:
            raise NotFound("no such mail")
        data = {"recipient": mail.recipient, "at": mail.at, "paragraphs": paragraphs_of(mail.text)}
        return Page("mail/mail.html", data, title=literal(mail.subject))

    return (show_all, show_one)


def paragraphs_of(words: str) -> list[list[list[dict[str, str]]]]:
    """Plain text as paragraphs of lines of parts."""
    return [[parts_of(line) for line in paragraph.splitlines()] for paragraph in words.strip().split("\n\n")]


def parts_of(words: str) -> list[dict[str, str]]:
    """Plain text cut at its web addresses: each part has ``text``, and ``href`` where it is one."""
    parts, last = [], 0
    for found in _ADDRESS.finditer(words):
        parts.append({"text": words[last : found.start()], "href": ""})
        parts.append({"text": found[0], "href": found[0]})
        last = found.end()
    return [part for part in (*parts, {"text": words[last:], "href": ""}) if part["text"]]


def _said(name: str, *, symbol: str, status: int = 200) -> Response[Any]:
    data = {"lead": text(f"{name}.lead"), "symbol": symbol, "next": None}
    return Page("auth/message.html", data, title=text(f"{name}.title"), status=status)
