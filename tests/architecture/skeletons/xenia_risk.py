"""Risk: a word on every sign-in, between the last proof and the session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xenia.api import Context, Host, LoginAttempt, LoginDecision, Manifest, Verdict, hookimpl, literal

manifest = Manifest(name="risk", title=literal("Risk"), summary=literal("Asks for more where a sign-in looks odd."))


class NewDevice:
    """Whether the person was never seen with this user agent."""

    name = "new_device"

    def __init__(self, host: Host) -> None:
        self._host = host

    async def signal(self, context: Context, attempt: LoginAttempt) -> bool:
        """True for a user agent that no live session has."""
        known = await self._host.sessions.of_user(context, attempt.user_id)
        return bool(known) and all(one.user_agent != context.source.user_agent for one in known)


@hookimpl
def register_risk_signals(host: Host) -> Sequence[Any]:
    return (NewDevice(host),)


@hookimpl
async def authorize_login(host: Host, context: Context, attempt: LoginAttempt) -> LoginDecision | None:
    if await NewDevice(host).signal(context, attempt):
        return LoginDecision(verdict=Verdict.STEP_UP, reason="a new device", acr="aal2")
    return None
