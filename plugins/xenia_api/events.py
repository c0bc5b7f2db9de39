"""What happened."""

from __future__ import annotations

from xenia.api import EventQuery, Forbidden, Invalid, Object, text
from xenia_api import cursors
from xenia_api import schemas as wire
from xenia_api.authority import visible
from xenia_api.call import Call
from xenia_api.operations import Noun

events = Noun("events", "the audit log")


@events.get("/events")
async def list_events(call: Call, query: wire.EventQuery) -> wire.EventList:
    """List events, newest first. Who may see only some people must name one of them as `person`."""
    seen = await visible(call)
    if not (seen.everything or query.person in seen.users):
        raise Forbidden("events of people that the caller may not see")
    page = await call.host.events.list(call.context, _wanted(query))
    return wire.EventList(items=tuple(wire.Event.of(event) for event in page.events), next=cursors.opaque(page.next))


def _wanted(query: wire.EventQuery) -> EventQuery:
    if bool(query.object_kind) != bool(query.object_id):
        raise Invalid({"object_id" if query.object_kind else "object_kind": text("api.missing")})
    return EventQuery(
        types=query.type,
        object=Object(query.object_kind, query.object_id) if query.object_id else None,
        person=query.person,
        after=cursors.place(query.after),
        limit=query.limit,
    )
