"""One person: facts, and what belongs to them."""

from __future__ import annotations

from typing import Any

from litestar.response import Response

from xenia.api import CredentialSummary, EventQuery, Identifier, Session, Text, User, UserStatus, is_set, literal, text
from xenia_admin import authority
from xenia_admin.attributes import NAMES
from xenia_admin.desk import Desk
from xenia_admin.devices import device
from xenia_admin.forms import cell, fact
from xenia_admin.pages.people import TONES, UNDER
from xenia_admin.section import Section
from xenia_admin.stories import told
from xenia_admin.ways import grouped

person = Section()
_LATELY = 15


@person.get("/users/{user_id}", "xenia:users:read")
async def show_person(desk: Desk) -> Response[Any]:
    """Everything about one person that the administrator may see."""
    user = await authority.person(desk)
    parts = [_identifiers(desk, user)]
    ways = await desk.host.credentials.summaries(desk.context, user.id)
    if desk.holds("xenia:credentials:read"):
        parts.append(await _credentials(desk, user, ways))
    if desk.holds("xenia:sessions:read"):
        parts.append(_sessions(desk, user, await desk.host.sessions.of_user(desk.context, user.id)))
    if desk.holds("xenia:events:read"):
        parts.append(await _activity(desk, user))
    data = {
        "facts": _facts(user),
        "actions": _actions(desk, user, is_set_up=bool(ways)),
        "parts": parts,
        "lead": user.email or "",
    }
    return desk.page("console/detail.html", literal(user.name), data, above=[UNDER])


def _facts(user: User) -> list[dict[str, Any]]:
    known = [{"label": _named(name), "value": _said(value)} for name, value in sorted(user.attributes.items())]
    return [
        fact("admin.user.id", str(user.id), code=True),
        fact("admin.users.column.status", text(f"admin.status.{user.status}"), tone=TONES[user.status]),
        fact("admin.users.column.roles", ", ".join(user.roles) or "–"),
        fact("admin.users.column.created", "", when=user.created_at),
        *known,
    ]


def _named(attribute: str) -> Text:
    return text(f"admin.attribute.{attribute}") if attribute in NAMES else literal(attribute)


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _actions(desk: Desk, user: User, *, is_set_up: bool) -> list[dict[str, Any]]:
    """What may be done; an invitation is for who has no way to sign in yet, what helps with one for everybody else."""
    if user.status is UserStatus.ERASED:
        return []
    switch = "disable" if user.status is UserStatus.ACTIVE else "enable"
    wanted = [("edit", "xenia:users:write"), ("roles", "xenia:roles:write")]
    wanted += [(name, "xenia:credentials:write") for name in (("reset", "renew") if is_set_up else ("invite",))]
    wanted += [(switch, "xenia:users:write"), ("erase", "xenia:users:write")]
    return [
        {
            "label": text(f"admin.user.{name}"),
            "href": desk.path(f"/users/{user.id}/{name}"),
            "harmful": name in ("disable", "erase"),
        }
        for name, permission in wanted
        if desk.holds(permission)
    ]


def _part(name: str, columns: tuple[str, ...], rows: list[Any], actions: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "title": text(f"admin.user.{name}"),
        "columns": [text(f"admin.user.column.{column}") for column in columns],
        "rows": rows,
        "actions": actions,
    }


def _identifiers(desk: Desk, user: User) -> dict[str, Any]:
    may = desk.holds("xenia:users:write") and user.status is not UserStatus.ERASED
    rows = [[*_identifier(one), _removal(desk, user, one) if may else cell("")] for one in user.identifiers]
    add = {"label": text("admin.user.add_identifier"), "href": desk.path(f"/users/{user.id}/identifiers/new")}
    return _part("identifiers", ("identifier", "kind", "verified", "action"), rows, [add] if may else [])


def _identifier(one: Identifier) -> list[dict[str, Any]]:
    is_verified = one.verified_at is not None
    mark = cell(
        text("admin.user.verified" if is_verified else "admin.user.unverified"), tone="good" if is_verified else "warn"
    )
    return [cell(one.value), cell(text(f"admin.identifier.{one.kind}")), mark]


def _removal(desk: Desk, user: User, one: Identifier) -> dict[str, Any]:
    return cell(
        text("web.remove"), href=desk.path(f"/users/{user.id}/identifiers/remove", kind=one.kind, value=one.value)
    )


async def _credentials(desk: Desk, user: User, found: tuple[CredentialSummary, ...]) -> dict[str, Any]:
    titles = {plugin.name: plugin.title for plugin in desk.host.plugins}
    known = {it.kind: it for it in await desk.host.enrolments(desk.context)}
    labels = {kind: it.label for kind, it in known.items()}
    rows = [
        [
            cell(
                one.label or labels.get(one.kind) or titles.get(one.plugin, literal(one.plugin)),
                note=text("web.security.left", count=left) if is_set(known.get(one.kind)) else one.kind,
            ),
            cell("", when=one.created_at),
            cell("", when=one.used_at) if one.used_at else cell(text("admin.user.never")),
            cell(text("web.remove"), href=desk.path(f"/users/{user.id}/credentials/{one.id}/remove"))
            if desk.holds("xenia:credentials:write")
            else cell(""),
        ]
        for one, left in grouped(found, known)
    ]
    return _part("credentials", ("way", "added", "used", "action"), rows, [])


def _sessions(desk: Desk, user: User, found: tuple[Session, ...]) -> dict[str, Any]:
    may = desk.holds("xenia:sessions:write")
    end = {
        "label": text("admin.user.end_sessions"),
        "href": desk.path(f"/users/{user.id}/sessions/end"),
        "harmful": True,
    }
    rows = [
        [
            cell(device(one.user_agent), note=one.address),
            cell("", when=one.authenticated_at),
            cell("", when=one.last_seen_at),
            cell(text("admin.sessions.end"), href=desk.path(f"/sessions/{one.id}/end", user=str(user.id)))
            if may
            else cell(""),
        ]
        for one in found
    ]
    return _part("sessions", ("device", "since", "seen", "action"), rows, [end] if may and found else [])


async def _activity(desk: Desk, user: User) -> dict[str, Any]:
    page = await desk.host.events.list(desk.context, EventQuery(person=user.id, limit=_LATELY))
    rows = [
        [
            cell(text(f"event.{one.type}"), href=desk.path(f"/audit/{one.id}")),
            cell("", when=one.at),
            cell(await told(desk).actor(one.actor)),
        ]
        for one in page.events
    ]
    log = {"label": text("admin.user.whole_log"), "href": desk.path("/audit", person=str(user.id))}
    return _part("activity", ("event", "when", "who"), rows, [log])
