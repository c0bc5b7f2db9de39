"""The pages around a forgotten password."""

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
    Factor,
    Goal,
    Host,
    Limit,
    Page,
    Proof,
    Proven,
    Redirect,
    Reservation,
    Resume,
    StepView,
    TooMany,
    User,
    context_of,
    path_below,
    public,
    source_key,
    text,
)
from xenia_password.method import PasswordMethod
from xenia_password.reset import ResetService
from xenia_password.views import ask_view, more_view, reset_view

PER_SOURCE = Limit("password.recover.source", 30, timedelta(hours=1))
LONGEST_IDENTIFIER = 254
MAILBOX = frozenset({Factor.MAILBOX})

ASK = {"guard": public("Whoever forgot their password can't sign in to say so.")}
CHOOSE = {"guard": public("Guarded by the secret of the link in the mail, which works once.")}
SAY = {"guard": public("A sentence without any data.")}
FIND = {"guard": public("The well-known address where password managers look for the page that changes a password.")}


def routes(host: Host, resets: ResetService) -> Sequence[BaseRouteHandler]:
    """Asking for a link, using it, and what is said in between."""

    @get("/recover", opt=ASK)
    async def show_ask(request: Request[Any, Any, Any]) -> Response[Any]:
        """Ask whose password was forgotten."""
        return _page(ask_view({}, other_ways=await _other_ways(host, context_of(request))), "/recover")

    @post("/recover", opt=ASK, status_code=200)
    async def ask(request: Request[Any, Any, Any]) -> Response[Any]:
        """Take the identifier. The same answer for all, made without looking anybody up."""
        context, identifier = context_of(request), (await _posted(request, "identifier")).strip()
        if not identifier or len(identifier) > LONGEST_IDENTIFIER:
            problem = {"identifier": text("password.recover.missing")}
            view = ask_view(problem, identifier[:LONGEST_IDENTIFIER], other_ways=await _other_ways(host, context))
            return _page(view, "/recover", status=422)
        await _reserve(host, context)
        await resets.ask(context, identifier)
        return Redirect(path_below(request, "/recover/sent"))

    @get("/recover/sent", opt=SAY)
    async def sent() -> Response[Any]:
        """Look into your mailbox, if there is an account."""
        return _said("password.sent", symbol="mail", label="password.recover.back", href="/sign-in")

    @get("/recover/done", opt=SAY)
    async def done() -> Response[Any]:
        """The password was changed; sign in with it."""
        return _said("password.done", symbol="check", label="password.done.sign_in", href="/sign-in")

    @get("/recover/{secret:str}", opt=CHOOSE)
    async def show_choose(request: Request[Any, Any, Any], secret: FromPath[str]) -> Response[Any]:
        """The form behind a link. Opening it spends nothing: scanners of mails open links."""
        context = context_of(request)
        user = await resets.user_of(context, secret)
        if user is None:
            return _gone()
        if not await resets.is_enough(context, user.id):
            return _page(more_view(), f"/recover/{secret}")
        return _page(reset_view(await resets.shortest(context, user), {}), f"/recover/{secret}")

    @post("/recover/{secret:str}", opt=CHOOSE, status_code=200)
    async def choose(request: Request[Any, Any, Any], secret: FromPath[str]) -> Response[Any]:
        """Change the password; or begin the account's recovery, where the mailbox alone is less than it asks for.

        A password that is refused leaves the link as it was.
        """
        context, typed = context_of(request), await _posted(request, "password")
        user = await resets.user_of(context, secret)
        if user is None:
            return _gone()
        if not await resets.is_enough(context, user.id):
            return await _recovering(request, await resets.take(context, secret))
        if problem := await resets.problem(context, user, typed):
            view = reset_view(await resets.shortest(context, user), {"password": problem})
            return _page(view, f"/recover/{secret}", status=422)
        if not await resets.use(context, secret, typed):
            return _gone()
        return Redirect(path_below(request, "/recover/done"))

    @get("/.well-known/change-password", opt=FIND)
    async def change_password(request: Request[Any, Any, Any]) -> Response[Any]:
        """Lead to the page where a password is changed (W3C, A Well-Known URL for Changing Passwords)."""
        return Redirect(path_below(request, "/account/security"))

    async def _recovering(request: Request[Any, Any, Any], user: User | None) -> Response[Any]:
        if user is None:
            return _gone()
        proof = Proof(method="reset_link", factors=MAILBOX, amr=("otp",), at=host.clock.now())
        end = Resume("page", {"path": "/account/security"})
        return await host.journeys.start(request, Goal.RECOVER, end, proven=Proven(user_id=user.id, proof=proof))

    return (show_ask, ask, sent, done, show_choose, choose, change_password)


async def _other_ways(host: Host, context: Context) -> bool:
    """Whether anything but a password may come first here."""
    return any(method.primary and method.name != PasswordMethod.name for method in await host.auth_methods(context))


async def _posted(request: Request[Any, Any, Any], name: str) -> str:
    """One field as text; anything else that was posted under its name (a file, a list) is nothing."""
    values = (await request.form()).getall(name, [])
    return values[0] if len(values) == 1 and isinstance(values[0], str) else ""


async def _reserve(host: Host, context: Context) -> None:
    place = await host.limits.reserve(context.tenant, PER_SOURCE, source_key(context.source.address))
    if not isinstance(place, Reservation):
        raise TooMany(place.retry_after)


def _page(view: StepView, action: str, *, status: int = 200) -> Response[Any]:
    data = {"view": view, "action": action, "handle": "", "can_change": False}
    return Page("auth/journey.html", data, title=view.title, status=status, errors=view.errors)


def _gone() -> Response[Any]:
    """Used, expired, outdated or never issued: all answer alike."""
    return _said("password.gone", symbol="clock", label="password.gone.again", href="/recover", status=410)


def _said(name: str, *, symbol: str, label: str, href: str, status: int = 200) -> Response[Any]:
    data = {"lead": text(f"{name}.lead"), "symbol": symbol, "next": {"label": text(label), "href": href}}
    return Page("auth/message.html", data, title=text(f"{name}.title"), status=status)
