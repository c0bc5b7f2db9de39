"""Where people are signed in."""

from __future__ import annotations

from typing import Any

from litestar.response import Response

from xenia.api import BadRequest, NotFound, Session, User, parse_id, text
from xenia_admin.authority import nothing_higher, visible
from xenia_admin.desk import Desk
from xenia_admin.devices import device
from xenia_admin.forms import cell, confirm_page, fact
from xenia_admin.pages.person_changes import REASON
from xenia_admin.section import Section

sessions = Section()
PAGE = 25
UNDER = (text("admin.sessions.title"), "/sessions")


@sessions.get("/sessions", "xenia:sessions:read")
async def list_sessions(desk: Desk) -> Response[Any]:
    """Every live session, newest first."""
    seen = await visible(desk)
    after = parse_id(desk.query("after"))
    if desk.query("after") and after is None:
        raise BadRequest("the cursor is not one of ours")
    among = None if seen.everything else seen.users
    found = await desk.host.sessions.recent(desk.context, among=among, after=after, limit=PAGE + 1)
    data = {
        "lead": text("admin.sessions.lead"),
        "columns": [text(f"admin.sessions.column.{name}") for name in ("person", "device", "since", "seen", "action")],
        "rows": [await _row(desk, one) for one in found[:PAGE]],
        "nothing": {"title": text("admin.sessions.none"), "lead": text("admin.sessions.none_lead")},
        "previous": desk.path("/sessions") if after else "",
        "next": desk.path("/sessions", after=str(found[PAGE - 1].id)) if len(found) > PAGE else "",
    }
    return desk.page("console/list.html", text("admin.sessions.title"), data)


async def _row(desk: Desk, one: Session) -> list[dict[str, Any]]:
    user = await desk.host.users.get(desk.context, one.user_id)
    name = user.name if user else str(one.user_id)
    end = (
        cell(text("admin.sessions.end"), href=desk.path(f"/sessions/{one.id}/end"))
        if desk.holds("xenia:sessions:write")
        else cell("")
    )
    return [
        cell(name, href=desk.path(f"/users/{one.user_id}") if desk.holds("xenia:users:read") else ""),
        cell(device(one.user_agent), note=one.address),
        cell("", when=one.authenticated_at),
        cell("", when=one.last_seen_at),
        end,
    ]


@sessions.get("/sessions/{session_id}/end", "xenia:sessions:write")
async def ask_end(desk: Desk) -> Response[Any]:
    """Ask before one browser is signed out."""
    one, user = await _session(desk)
    grants = len(await desk.host.grants.of_session(desk.context, one.id))
    rows = [
        fact("admin.sessions.column.person", user.name),
        fact("admin.sessions.column.device", device(one.user_agent)),
        fact("admin.sessions.column.since", "", when=one.authenticated_at),
    ]
    title, lead = text("admin.sessions.end_title"), text("admin.sessions.end_lead", count=grants)
    return confirm_page(desk, title, lead, title, cancel=_back(desk, user), above=[UNDER], rows=rows)


@sessions.post("/sessions/{session_id}/end", "xenia:sessions:write")
async def end(desk: Desk) -> Response[Any]:
    """Sign it out."""
    one, user = await _session(desk)
    await desk.host.sessions.end(desk.context, one.id, reason=REASON)
    return desk.go(_back(desk, user), done="ended")


def _back(desk: Desk, user: User) -> str:
    """To the person's page, where one came from there."""
    return f"/users/{user.id}" if desk.query("user") else "/sessions"


async def _session(desk: Desk) -> tuple[Session, User]:
    one = await desk.host.sessions.get(desk.context, desk.id("session_id"))
    user = await desk.host.users.get(desk.context, one.user_id) if one else None
    if one is None or user is None:
        raise NotFound("no such session")
    await nothing_higher(desk, user.roles)
    return one, user
