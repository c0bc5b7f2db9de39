"""Risk: a word on every sign-in, between the last proof and the session, from the signals of all plugins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from xenia.api import (
    Context,
    EventType,
    Host,
    LoginAttempt,
    LoginDecision,
    Manifest,
    NewEvent,
    Object,
    Observation,
    RiskSignal,
    Verdict,
    hookimpl,
    literal,
)

DECIDED = "risk.decided"
STEP_UP_FROM, DENY_FROM = 0.5, 0.9
manifest = Manifest(name="risk", title=literal("Risk"), summary=literal("Asks for more where a sign-in looks odd."))


class NewDevice:
    """Whether the person was never seen with this user agent."""

    name = "new_device"

    def __init__(self, host: Host) -> None:
        self._host = host

    async def observe(self, context: Context, attempt: LoginAttempt) -> Observation | None:
        """Odd is a user agent that no live session has; a first sign-in says nothing."""
        known = await self._host.sessions.of_user(context, attempt.user_id)
        if not known or any(one.user_agent == context.source.user_agent for one in known):
            return None
        return Observation(score=0.6, reason=literal("A new device"), facts={"known": len(known)})


class Listed:
    """Whether the address is one that attacks come from."""

    name = "listed_address"

    async def observe(self, context: Context, attempt: LoginAttempt) -> Observation | None:
        """As bad as can be for a listed address."""
        if not context.source.address.startswith("203.0.113."):
            return None
        return Observation(score=1.0, reason=literal("A listed address"))


class Judge:
    """Weighs what the signals saw, and writes down what it decided and why."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def judge(self, context: Context, attempt: LoginAttempt) -> LoginDecision:
        """The worst observation decides."""
        seen = await self._seen(context, attempt)
        score = max((one.score for one in seen.values()), default=0.0)
        decision = LoginDecision(verdict=_verdict(score), reason=", ".join(sorted(seen)), acr="aal2")
        data = {"verdict": decision.verdict, "journey": str(attempt.journey), "signals": msgspec.to_builtins(seen)}
        about = Object("user", str(attempt.user_id))
        await self._host.events.record(context, NewEvent(type=DECIDED, object=about, person=attempt.user_id, data=data))
        return decision

    async def _seen(self, context: Context, attempt: LoginAttempt) -> dict[str, Observation]:
        seen = {one.name: await one.observe(context, attempt) for one in await self._host.risk_signals(context)}
        return {name: one for name, one in seen.items() if one is not None}


def _verdict(score: float) -> Verdict:
    if score >= DENY_FROM:
        return Verdict.DENY
    return Verdict.STEP_UP if score >= STEP_UP_FROM else Verdict.ALLOW


@hookimpl
def register_events() -> Sequence[EventType]:
    return (EventType(DECIDED, "A sign-in was judged."),)


@hookimpl
def register_messages() -> Mapping[str, Mapping[str, Any]]:
    name = f"event.{DECIDED}"
    return {"en": {name: "A sign-in was judged"}, "de": {name: "Eine Anmeldung wurde beurteilt"}}


@hookimpl
def register_risk_signals(host: Host) -> Sequence[RiskSignal]:
    return NewDevice(host), Listed()


@hookimpl
async def authorize_login(host: Host, context: Context, attempt: LoginAttempt) -> LoginDecision | None:
    return await Judge(host).judge(context, attempt)


if TYPE_CHECKING:

    def _proof(host: Host) -> tuple[RiskSignal, ...]:
        return NewDevice(host), Listed()
