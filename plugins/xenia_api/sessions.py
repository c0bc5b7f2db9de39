"""Browsers that are signed in."""

from __future__ import annotations

from uuid import UUID

from xenia.api import Call, NotFound, Noun, Session
from xenia_api import schemas as wire

sessions = Noun("sessions", "sessions")
REASON = "api"


@sessions.get("/users/{user_id}/sessions")
async def list_sessions(call: Call, user_id: UUID) -> wire.SessionList:
    """List a person's live sessions, last seen first."""
    await call.person(user_id)
    found = await call.host.sessions.of_user(call.context, user_id)
    return wire.SessionList(items=tuple(wire.Session.like(session) for session in found))


@sessions.delete("/users/{user_id}/sessions")
async def end_sessions(call: Call, user_id: UUID) -> wire.Ended:
    """Sign a person out everywhere."""
    await call.person(user_id)
    return wire.Ended(ended=await call.host.sessions.end_all(call.context, user_id, reason=REASON))


@sessions.get("/sessions/{session_id}")
async def get_session(call: Call, session_id: UUID) -> wire.Session:
    """Get one live session."""
    return wire.Session.like(await _session(call, session_id))


@sessions.delete("/sessions/{session_id}")
async def end_session(call: Call, session_id: UUID) -> None:
    """Sign one browser out."""
    await _session(call, session_id)
    if not await call.host.sessions.end(call.context, session_id, reason=REASON):
        raise NotFound("no such session")


async def _session(call: Call, session_id: UUID) -> Session:
    found = await call.host.sessions.get(call.context, session_id)
    if found is None:
        raise NotFound("no such session")
    await call.may("user", found.user_id)
    return found
