"""A word on every sign-in: signals are looked at, the policy judges, and the decision is kept before it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from xenia.api import Context, Host, LoginAttempt, Observation, RiskSignal, browser_family, log, new_id, text
from xenia_risk import tables
from xenia_risk.models import Decided, Judgement, Seen, SignIn
from xenia_risk.policy import judge
from xenia_risk.settings import RiskSettings

SIGNAL_SECONDS = 0.5
BROKEN = 0.5
"""What a signal that fails is taken for: a doubt, neither an all-clear nor an alarm."""


class RiskService:
    """Judges sign-ins and keeps the decisions."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def decide(self, context: Context, attempt: LoginAttempt) -> tuple[Decided, bool]:
        """The decision of this journey, and whether it was made now: asked again, after a step-up, it is the same one."""
        sign_in = await self._look(context, attempt)
        said = judge(await self._host.config.get(context, RiskSettings), sign_in)
        id_, document = new_id(), msgspec.json.encode(sign_in).decode()
        key = (context.tenant, id_, attempt.journey or id_, attempt.user_id)
        source = context.source
        seen = (source.address, browser_family(source.user_agent).strip("/"), attempt.acr)
        kept = (*key, document, said.verdict, said.rule, said.score, said.acr, *seen)
        row = await self._host.tables(context).fetchrow(tables.DECIDE, *kept)
        if row is None or row["id"] == id_:
            return Decided(id=id_, at=self._host.clock.now(), user_id=key[-1], sign_in=sign_in, judgement=said), True
        return decided_of(row), False

    async def refused(self, context: Context, journey: UUID) -> None:
        """Nothing that was asked for could be shown, so the sign-in was refused."""
        async with self._host.store(context) as store:
            await store.execute(tables.REFUSED, context.tenant, journey)

    async def _look(self, context: Context, attempt: LoginAttempt) -> SignIn:
        """What every signal of the tenant's plugins sees, one after the other."""
        seen = {
            signal.name: await _observed(signal, context, attempt) for signal in await self._host.risk_signals(context)
        }
        return SignIn(
            signals={name: _seen(one) for name, one in seen.items() if one is not None},
            application=attempt.application or "",
            roles=attempt.roles,
        )


async def _observed(signal: RiskSignal, context: Context, attempt: LoginAttempt) -> Observation | None:
    """One signal. A broken one casts doubt, so that breaking it is no way around the others."""
    try:
        async with asyncio.timeout(SIGNAL_SECONDS):
            return await signal.observe(context, attempt)
    except Exception as problem:  # noqa: BLE001  a plugin's signal may fail in any way
        log.error("risk_signal_failed", signal=signal.name, tenant=context.tenant, problem=repr(problem))
        return Observation(score=BROKEN, reason=text("risk.signal.broken", signal=signal.name), facts={"broken": True})


def _seen(one: Observation) -> Seen:
    return Seen(score=one.score, reason=one.reason, facts=one.facts)


def decided_of(row: Mapping[str, Any]) -> Decided:
    """A kept decision."""
    judgement = Judgement(verdict=row["verdict"], rule=row["rule"], score=row["score"], acr=row["acr"])
    sign_in = msgspec.json.decode(row["sign_in"], type=SignIn)
    plain = {name: row[name] for name in ("id", "at", "user_id", "address", "browser", "outcome")}
    return Decided(**plain, sign_in=sign_in, judgement=judgement)
