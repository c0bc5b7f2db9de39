"""Recovery in the management API: who waits, and ending or shortening that, with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from xenia.api import Answer, Call, Input, Invalid, NotFound, Noun, User, text
from xenia_recovery.models import Request
from xenia_recovery.service import Requests

recovery = Noun("recovery", "who lost a factor and waits")
LONGEST = 500
Reason = Annotated[str, Meta(min_length=1, max_length=LONGEST, pattern=r"\S", description="Why, for the audit log.")]


class RecoveryRequest(Answer, frozen=True, kw_only=True):
    """Somebody who lost a second factor and asked to do without: how many they lost, until when they wait, and whether that is over."""

    user_id: UUID
    lost: int
    asked_at: datetime
    ends_at: datetime
    hours: int
    is_ripe: bool

    @classmethod
    def of(cls, one: Request) -> RecoveryRequest:
        """The request without what it is about in particular."""
        return cls.like(one, lost=len(one.lost))


class RecoveryRequestList(Answer, frozen=True, kw_only=True):
    """Open requests, the next to end first."""

    items: tuple[RecoveryRequest, ...]


class Cancelling(Input, frozen=True, kw_only=True):
    """Why a request ends."""

    reason: Reason


class Shortening(Input, frozen=True, kw_only=True):
    """How many hours are left to wait, fewer than there are, and why."""

    hours: Annotated[int, Meta(ge=1, le=9999)]
    reason: Reason


@recovery.get("/recovery/requests")
async def list_recovery_requests(call: Call) -> RecoveryRequestList:
    """List who waits: those that the caller may see."""
    seen = await call.visible()
    found = await Requests(call.host).all_open(call.context)
    mine = [one for one in found if seen.everything or one.user_id in seen.users]
    return RecoveryRequestList(items=tuple(map(RecoveryRequest.of, mine)))


@recovery.get("/users/{user_id}/recovery")
async def get_recovery_request(call: Call, user_id: UUID) -> RecoveryRequest:
    """Get a person's open request."""
    return RecoveryRequest.of(await _open(call, await call.person(user_id)))


@recovery.post("/users/{user_id}/recovery/cancel", status=204)
async def cancel_recovery_request(call: Call, user_id: UUID, body: Cancelling) -> None:
    """Cancel a person's request. Everybody is told."""
    mine = await _open(call, await call.changeable(user_id))
    if not await Requests(call.host).cancel(
        call.context, user_id, mine.id, by="administrator", reason=body.reason.strip()
    ):
        raise NotFound("it is over")


@recovery.post("/users/{user_id}/recovery/shorten", status=200)
async def shorten_recovery_request(call: Call, user_id: UUID, body: Shortening) -> RecoveryRequest:
    """Let a person wait for less. Everybody is told."""
    user = await call.changeable(user_id)
    mine = await _open(call, user)
    if body.hours >= mine.hours:
        raise Invalid({"hours": text("recovery.console.hours_wanted", hours=max(mine.hours - 1, 1))})
    if not await Requests(call.host).shorten(call.context, user, mine.id, body.hours, body.reason.strip()):
        raise NotFound("it is over")
    return RecoveryRequest.of(await _open(call, user))


async def _open(call: Call, user: User) -> Request:
    found = await Requests(call.host).open(call.context, user.id)
    if found is None:
        raise NotFound("no such request")
    return found
