"""Passwords that were good when they were chosen and aren't any more: found when they are used, and changed before the sign-in goes on."""

from __future__ import annotations

import asyncio
from uuid import UUID

import msgspec

from xenia.api import Context, Host, Journey, Need, NeedKind, NewEvent, Object, PasswordWatch, Text, log
from xenia_password.policy import normalised

NAME = "password"
SECONDS = 2.0


class Watch:
    """Asks the checks that look at passwords which are used."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def reason(self, context: Context, user_id: UUID, password: str) -> Text | None:
        """Why a password (as it was typed, and right) must be changed now. A check that fails keeps nobody out."""
        for one in await self._host.password_checks(context):
            if isinstance(one, PasswordWatch) and (why := await _asked(one, context, normalised(password))):
                await self._record(context, user_id, one.name)
                return why
        return None

    async def _record(self, context: Context, user_id: UUID, check: str) -> None:
        event = NewEvent(
            type="password.change_required", object=Object("user", str(user_id)), person=user_id, data={"check": check}
        )
        async with self._host.transaction():
            await self._host.events.record(context, event)


async def _asked(one: PasswordWatch, context: Context, password: str) -> Text | None:
    try:
        async with asyncio.timeout(SECONDS):
            return await one.at_sign_in(context, password)
    except Exception as problem:  # noqa: BLE001  whatever a check raises, the person has proven the password
        log.error("password_check_failed", name=one.name, tenant=context.tenant, problem=type(problem).__name__)
        return None


def remembered(why: Text | None) -> dict[str, object] | None:
    """What the journey is to remember of it."""
    return {"change": msgspec.to_builtins(why)} if why else None


def change_needed(journey: Journey) -> tuple[Need, ...]:
    """Another password, if the one that was proven on this journey must be changed."""
    if not (found := journey.remembered(NAME).get("change")):
        return ()
    lead = msgspec.convert(found, Text)
    return (Need(kind=NeedKind.ENROL, name=NAME, any_of=(NAME,), reason="must be changed", lead=lead),)
