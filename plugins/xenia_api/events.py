"""What happened."""

from __future__ import annotations

from xenia.api import Call, EventQuery, Forbidden, Invalid, Noun, Object, cursor, text
from xenia_api import schemas as wire

events = Noun("events", "the audit log")


@events.get("/events")
async def list_events(call: Call, query: wire.EventQuery) -> wire.EventList:
    """List events, newest first. Who may see only some people must name one of them as `person`."""
    seen = await call.visible()
    if not (seen.everything or query.person in seen.users):
        raise Forbidden("events of people that the caller may not see")
    page = await call.host.events.list(call.context, _wanted(query))
    return wire.EventList(items=tuple(wire.Event.of(event) for event in page.events), next=cursor(page.next))


def _wanted(query: wire.EventQuery) -> EventQuery:
    if bool(query.object_kind) != bool(query.object_id):
        raise Invalid({"object_id" if query.object_kind else "object_kind": text("error.missing_field")})
    return EventQuery(
        types=query.type,
        object=Object(query.object_kind, query.object_id) if query.object_id else None,
        person=query.person,
        after=query.place,
        limit=query.limit,
    )
