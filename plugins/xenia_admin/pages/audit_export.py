"""The audit log as a file: a line for each event, as JSON or for a spreadsheet. Written while it is read, a page at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec
from litestar.response import Response, Stream

from xenia.api import Event, EventQuery, NewEvent, NotFound, Object
from xenia_admin.authority import sees_all
from xenia_admin.desk import Desk
from xenia_admin.events import EXPORTED
from xenia_admin.pages.audit import query_of
from xenia_admin.section import Section

audit_export = Section()
PAGE = 200
COLUMNS = (
    "at", "type", "result", "actor_kind", "actor_id", "actor_tenant", "object_kind", "object_id", "person", "application",
    "request_id", "position", "id", "data", "personal",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@audit_export.get("/audit/export/{format}", "xenia:events:read")
async def export(desk: Desk) -> Response[Any]:
    """What the log shows under the same filters, whole. That it was taken is recorded."""
    await sees_all(desk)
    if desk.name("format") not in FORMATS:
        raise NotFound("no such format")
    form = desk.name("format")
    media_type, head, written = FORMATS[form]
    query = msgspec.structs.replace(await query_of(desk), after="", limit=PAGE)
    taken = NewEvent(type=EXPORTED, object=Object("tenant", desk.tenant.id), data={"format": form})
    await desk.host.events.record(desk.context, taken)
    headers = {"Content-Disposition": f'attachment; filename="{desk.tenant.id}-audit.{form}"'}
    return Stream(_lines(desk, query, head, written), media_type=media_type, headers=headers)


async def _lines(desk: Desk, query: EventQuery, head: str, written: Callable[[Event], str]) -> AsyncIterator[str]:
    yield head
    while True:
        page = await desk.host.events.list(desk.context, query)
        yield "".join(map(written, page.events))
        if not page.next:
            return
        query = msgspec.structs.replace(query, after=page.next)


def _json_line(event: Event) -> str:
    return msgspec.json.encode(event).decode() + "\n"


def _csv_line(event: Event) -> str:
    actor, about = event.actor, event.object
    return csv_line(
        (
            event.at.isoformat(), event.type, event.result, actor.kind, actor.id, actor.tenant, about.kind, about.id,
            str(event.person or ""), event.application, event.request_id, str(event.position), str(event.id),
            msgspec.json.encode(event.data).decode(), msgspec.json.encode(event.personal).decode(),
        )
    )  # fmt: skip


def csv_line(cells: Sequence[str]) -> str:
    """A line (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV Injection)."""
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(
        f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell for cell in cells
    )
    return line.getvalue()


FORMATS: dict[str, tuple[str, str, Callable[[Event], str]]] = {
    "csv": ("text/csv; charset=utf-8", csv_line(COLUMNS), _csv_line),
    "ndjson": ("application/x-ndjson", "", _json_line),
}
