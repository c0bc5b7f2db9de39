"""How I sign in, and where: what is enrolled, and the devices that are signed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import (
    Context,
    CredentialSummary,
    Enrolment,
    Field,
    Invalid,
    NotFound,
    Page,
    Redirect,
    Requirement,
    Resume,
    Session,
    Text,
    User,
    context_of,
    device_of,
    is_ready,
    is_set,
    literal,
    parse_id,
    path_below,
    signed_in,
    text,
)
from xenia_web.account.frame import AccountPages, Ask

FRESH_SECONDS = 600
"""How recent a sign-in must be before a way to sign in is removed (OWASP ASVS 7.5.1)."""


def routes(pages: AccountPages) -> Sequence[BaseRouteHandler]:
    """The security page and what it posts to."""

    @get("/account/security", opt={"guard": signed_in()})
    async def show(request: Ask) -> Response[Any]:
        """Everything enrolled and every device."""
        context, user, session = await pages.begin(request)
        return await _page(pages, context, user, session, request.query_params.get("done", ""))

    @post("/account/sessions/{session_id:str}/end", opt={"guard": signed_in()}, status_code=200)
    async def end_session(request: Ask, session_id: FromPath[str]) -> Response[Any]:
        """Sign one other device out."""
        context, user, _ = await pages.begin(request)
        wanted = parse_id(session_id)
        if wanted is None or not await pages.host.sessions.end(
            context, wanted, user_id=user.id, reason="ended by the person"
        ):
            raise NotFound("no such session of this person")
        return Redirect(path_below(request, "/account/security?done=session"))

    @post("/account/sessions/end-others", opt={"guard": signed_in()}, status_code=200)
    async def end_others(request: Ask) -> Response[Any]:
        """Sign every other device out."""
        context, user, session = await pages.begin(request)
        await pages.host.sessions.end_all(context, user.id, keep=session.id, reason="ended by the person")
        return Redirect(path_below(request, "/account/security?done=sessions"))

    @get("/account/credentials/{credential_id:str}/remove", opt={"guard": signed_in(max_age=FRESH_SECONDS)})
    async def ask_remove(request: Ask, credential_id: FromPath[str]) -> Response[Any]:
        """Ask before a way to sign in goes."""
        context, user, _ = await pages.begin(request)
        if (way := await _second_first(pages, request, user)) is not None:
            return way
        enrolment, _ = await _mine(pages, context, user, credential_id)
        data = {
            "lead": text("web.security.remove_lead"),
            "label": text("web.remove"),
            "cancel": "/account/security",
            "rows": [],
        }
        return Page("account/confirm.html", data, title=enrolment.label if enrolment else text("web.remove"))

    @post(
        "/account/credentials/{credential_id:str}/remove",
        opt={"guard": signed_in(max_age=FRESH_SECONDS)},
        status_code=200,
    )
    async def remove(request: Ask, credential_id: FromPath[str]) -> Response[Any]:
        """Remove it, unless it is the last way to sign in."""
        context, user, _ = await pages.begin(request)
        if (way := await _second_first(pages, request, user)) is not None:
            return way
        _, credential = await _mine(pages, context, user, credential_id)
        first = first_kinds(await pages.host.enrolments(context))
        gone = await pages.host.credentials.remove(context, user.id, credential.id, keep_one_of=first)
        return Redirect(path_below(request, f"/account/security?done={'removed' if gone else 'last'}"))

    @get("/account/credentials/{credential_id:str}/name", opt={"guard": signed_in()})
    async def ask_name(request: Ask, credential_id: FromPath[str]) -> Response[Any]:
        """Ask for another name, which tells a person's own apart."""
        context, user, _ = await pages.begin(request)
        enrolment, credential = await _mine(pages, context, user, credential_id)
        return _naming(enrolment, credential.label)

    @post("/account/credentials/{credential_id:str}/name", opt={"guard": signed_in()}, status_code=200)
    async def name(request: Ask, credential_id: FromPath[str]) -> Response[Any]:
        """Give it that name."""
        context, user, _ = await pages.begin(request)
        enrolment, credential = await _mine(pages, context, user, credential_id)
        typed = str((await request.form()).get("label", ""))
        try:
            await pages.host.credentials.rename(context, user.id, credential.id, typed)
        except Invalid as problem:
            return _naming(enrolment, typed, problem.fields)
        return Redirect(path_below(request, "/account/security?done=renamed"))

    return [show, end_session, end_others, ask_remove, remove, ask_name, name]


async def _second_first(pages: AccountPages, request: Ask, user: User) -> Response[Any] | None:
    """The way to show it, where somebody who has a second factor is here by the first alone (a session from before, a
    device that was remembered): a stolen password must not take it away.
    """
    if not any(one.second for one in await pages.host.credentials.summaries(context_of(request), user.id)):
        return None
    both = Requirement(max_age=FRESH_SECONDS, acr_values=("aal2",), acr_essential=True)
    found = await pages.host.journeys.require(request, both, Resume("page", {"path": "/account/security"}))
    return found if isinstance(found, Response) else None


def _naming(enrolment: Enrolment | None, label: str, errors: Mapping[str, Text] | None = None) -> Page:
    field = Field(name="label", label=text("web.security.name"), value=label, autocomplete="off", required=False)
    data = {"fields": (field,), "cancel": "/account/security"}
    title = enrolment.label if enrolment else text("web.security.rename")
    return Page("account/form.html", data, title=title, status=422 if errors else 200, errors=errors)


async def _mine(
    pages: AccountPages, context: Context, user: User, id_: str
) -> tuple[Enrolment | None, CredentialSummary]:
    """One of the person's own credentials and the enrolment that made it."""
    wanted = parse_id(id_)
    owned = {summary.id: summary for summary in await pages.host.credentials.summaries(context, user.id)}
    if wanted is None or wanted not in owned:
        raise NotFound("no such credential of this person")
    kinds = {enrolment.kind: enrolment for enrolment in await pages.host.enrolments(context)}
    return kinds.get(owned[wanted].kind), owned[wanted]


def first_kinds(enrolments: Sequence[Enrolment]) -> frozenset[str]:
    """The kinds of credential that may come first in a sign-in: one of them must stay."""
    return frozenset(enrolment.kind for enrolment in enrolments if enrolment.sign_up)


async def _page(pages: AccountPages, context: Context, user: User, session: Session, done: str) -> Page:
    mine = await pages.host.credentials.summaries(context, user.id)
    enrolments = await pages.host.enrolments(context)
    sessions = await pages.host.sessions.of_user(context, user.id)
    first = first_kinds(enrolments)
    ways_in = sum(one.kind in first for one in mine)
    kinds = {one.kind for one in mine}
    asked = [(one, await is_ready(one, context)) for one in enrolments]
    shown = [(one, ready) for one, ready in asked if ready or one.kind in kinds]
    data = {
        "ways": [_way(enrolment, mine, ways_in, ready=ready) for enrolment, ready in shown],
        "sessions": [_device(one, session) for one in sessions],
        "end_others": "/account/sessions/end-others",
        "message": text(f"web.security.done.{done}") if done in _DONE else None,
    }
    return Page("account/security.html", data, title=text("web.account.security"))


_DONE = frozenset({"session", "sessions", "removed", "last", "renamed"})


def _way(enrolment: Enrolment, mine: Sequence[CredentialSummary], ways_in: int, *, ready: bool) -> Mapping[str, Any]:
    """``ways_in`` is how many credentials of the person may come first: the last of them can't be removed. What isn't ``ready``
    is listed, and can't be added to.
    """
    made = [summary for summary in mine if summary.kind == enrolment.kind]
    shown = made[:1] if is_set(enrolment) else made
    return {
        "icon": enrolment.icon,
        "label": enrolment.label,
        "hint": enrolment.hint,
        "add": f"/account/enrol/{enrolment.name}" if ready else "",
        "replaces": bool(made) and getattr(enrolment, "replaces", not enrolment.second),
        "credentials": [_credential(enrolment, one, len(made), ways_in) for one in shown],
    }


def _credential(enrolment: Enrolment, one: CredentialSummary, count: int, ways_in: int) -> Mapping[str, Any]:
    label: Text = literal(one.label) if one.label else enrolment.label
    row: dict[str, Any] = {"label": label, "added": one.created_at, "used": one.used_at}
    if is_set(enrolment):
        return row | {"left": count}
    if enrolment.second:
        row["rename"] = f"/account/credentials/{one.id}/name"
    if enrolment.sign_up and ways_in == 1:
        return row  # the last way in is changed, not removed
    return row | {"remove": f"/account/credentials/{one.id}/remove"}


def _device(one: Session, current: Session) -> Mapping[str, Any]:
    name, icon = device_of(one.user_agent)
    return {
        "title": name or one.address,
        "icon": icon,
        "place": one.address,
        "seen": one.last_seen_at,
        "current": one.id == current.id,
        "end": f"/account/sessions/{one.id}/end",
    }
