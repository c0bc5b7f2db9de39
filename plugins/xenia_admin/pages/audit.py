"""The audit log: who did what, when and from where."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar.response import Response

from xenia.api import (
    Choice,
    Event,
    EventQuery,
    Field,
    FieldKind,
    IdentifierKind,
    NotFound,
    Object,
    Text,
    literal,
    parse_id,
    text,
)
from xenia_admin.authority import sees_all
from xenia_admin.desk import Desk
from xenia_admin.forms import cell, fact
from xenia_admin.section import Section
from xenia_admin.stories import told

audit = Section()
PAGE = 50
UNDER = (text("admin.audit.title"), "/audit")
NOBODY = UUID(int=0)
_PREFIX = "event."


@audit.get("/audit", "xenia:events:read")
async def list_events(desk: Desk) -> Response[Any]:
    """What happened, newest first, narrowed by what the address says."""
    await sees_all(desk)
    filters = _filters(desk)
    page = await desk.host.events.list(desk.context, await query_of(desk))
    data = {
        "lead": text("admin.audit.lead"),
        "filters": _fields(desk, filters),
        "filtered": any(filters.values()),
        "columns": [text(f"admin.audit.column.{name}") for name in ("event", "when", "who", "object", "result")],
        "rows": [await _row(desk, event) for event in page.events],
        "exports": [
            {"label": text(f"admin.audit.export.{form}"), "href": desk.path(f"/audit/export/{form}", **filters)}
            for form in ("csv", "ndjson")
        ],
        "previous": desk.path("/audit", **filters) if desk.query("after") else "",
        "next": desk.path("/audit", **filters, after=page.next) if page.next else "",
    }
    return desk.page("admin/audit.html", text("admin.audit.title"), data)


def _filters(desk: Desk) -> dict[str, str]:
    return {name: desk.query(name) for name in ("type", "person", "object")}


async def query_of(desk: Desk) -> EventQuery:
    """What the address asks for."""
    filters = _filters(desk)
    return EventQuery(
        types=(filters["type"],) if filters["type"] else (),
        object=_object(filters["object"]),
        person=await _person(desk, filters["person"]),
        after=desk.query("after"),
        limit=PAGE,
    )


async def _row(desk: Desk, event: Event) -> list[dict[str, Any]]:
    return [
        cell(_title(event), href=desk.path(f"/audit/{event.id}"), note=event.type),
        cell("", when=event.at),
        cell(await told(desk).actor(event.actor)),
        cell(event.object.kind, note=event.object.id),
        _result(event),
    ]


def _title(event: Event) -> Text:
    return text(f"{_PREFIX}{event.type}")


def _result(event: Event) -> dict[str, Any]:
    return cell(event.result, tone="good" if event.result == "ok" else "bad")


def _fields(desk: Desk, filters: dict[str, str]) -> list[Field]:
    say, locale = desk.host.catalogue.say, desk.context.locale
    names = sorted(id_.removeprefix(_PREFIX) for id_ in desk.host.catalogue.ids() if id_.startswith(_PREFIX))
    titled = sorted((say(text(_PREFIX + name), locale), name) for name in names if "." in name)
    choices = (Choice("", text("admin.audit.any")), *(Choice(name, literal(title)) for title, name in titled))
    return [
        Field(
            name="type",
            label=text("admin.audit.column.event"),
            kind=FieldKind.SELECT,
            choices=choices,
            value=filters["type"],
            required=False,
        ),
        Field(
            name="person", label=text("admin.audit.person"), value=filters["person"], required=False, autocomplete="off"
        ),
        Field(
            name="object", label=text("admin.audit.object"), value=filters["object"], required=False, autocomplete="off"
        ),
    ]


async def _person(desk: Desk, words: str) -> UUID | None:
    """Whom the filter means: an id or an e-mail address. One that is nobody's finds nothing."""
    if not words:
        return None
    if found := parse_id(words):
        return found
    user = await desk.host.users.find(desk.context, IdentifierKind.EMAIL, words)
    return user.id if user else NOBODY


def _object(words: str) -> Object | None:
    """``application:shop``."""
    kind, _, id_ = words.partition(":")
    return Object(kind.strip(), id_.strip()) if words else None


@audit.get("/audit/{event_id}", "xenia:events:read")
async def show_event(desk: Desk) -> Response[Any]:
    """One event, its personal part opened where the person's key still exists."""
    await sees_all(desk)
    event = await _event(desk)
    data = {
        "lead": event.type,
        "facts": [
            fact("admin.audit.column.when", "", when=event.at),
            fact("admin.audit.column.who", await told(desk).actor(event.actor)),
            fact("admin.audit.column.object", f"{event.object.kind}:{event.object.id}", code=True),
            {"label": text("admin.audit.column.result"), **_result(event)},
            fact("admin.audit.application", event.application or "–"),
            fact("admin.audit.request", event.request_id or "–"),
            fact("admin.audit.position", str(event.position) if event.position else text("admin.audit.unsealed")),
        ],
        "parts": [_part("data", event.data), _part("personal", event.personal)],
        "actions": _actions(desk, event),
    }
    return desk.page("console/detail.html", _title(event), data, above=[UNDER])


def _part(name: str, values: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [cell(key), cell(value if isinstance(value, str) else msgspec.json.encode(value).decode())]
        for key, value in values.items()
    ]
    columns = [text("admin.audit.column.name"), text("admin.audit.column.value")]
    return {
        "title": text(f"admin.audit.{name}"),
        "lead": text(f"admin.audit.{name}_lead"),
        "columns": columns,
        "rows": rows,
    }


def _actions(desk: Desk, event: Event) -> list[dict[str, Any]]:
    if event.person is None or not desk.holds("xenia:users:read"):
        return []
    return [{"label": text("admin.audit.to_person"), "href": desk.path(f"/users/{event.person}")}]


async def _event(desk: Desk) -> Event:
    """The event of the path: the first one before the identifier that follows its own."""
    wanted = desk.id("event_id")
    if wanted.int == (1 << 128) - 1:
        raise NotFound("no such event")
    page = await desk.host.events.list(desk.context, EventQuery(after=str(UUID(int=wanted.int + 1)), limit=1))
    if not page.events or page.events[0].id != wanted:
        raise NotFound("no such event")
    return page.events[0]
