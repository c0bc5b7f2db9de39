"""Replay: what another policy would have said to the sign-ins that were kept. It sees what was seen then, and never what was decided."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID

import msgspec

from xenia.api import Context, Verdict
from xenia_risk.decisions import Decisions
from xenia_risk.models import Decided, Judgement
from xenia_risk.policy import judge
from xenia_risk.settings import RiskSettings

SHOWN = 50
Change = tuple[Verdict, Verdict]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in that would have ended otherwise."""

    id: UUID
    user_id: UUID
    was: Judgement
    now: Judgement


class Report(msgspec.Struct, kw_only=True):
    """What a replay found. ``changes`` counts by what was and what would be; ``examples`` are the newest differences."""

    count: int = 0
    was: Counter[Verdict] = msgspec.field(default_factory=Counter)
    now: Counter[Verdict] = msgspec.field(default_factory=Counter)
    changes: Counter[Change] = msgspec.field(default_factory=Counter)
    people: set[UUID] = msgspec.field(default_factory=set)
    examples: list[Difference] = msgspec.field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many sign-ins would have ended otherwise."""
        return sum(self.changes.values())

    def share(self, verdict: Verdict) -> float:
        """How much of all sign-ins would get a verdict, in percent."""
        return 100 * self.now[verdict] / self.count if self.count else 0.0

    def add(self, decided: Decided, judgement: Judgement) -> None:
        """Count one sign-in."""
        was = decided.judgement
        self.count += 1
        self.was[was.verdict] += 1
        self.now[judgement.verdict] += 1
        if (was.verdict, was.acr) == (judgement.verdict, judgement.acr):
            return
        self.changes[was.verdict, judgement.verdict] += 1
        self.people.add(decided.user_id)
        if len(self.examples) < SHOWN:
            self.examples.append(Difference(id=decided.id, user_id=decided.user_id, was=was, now=judgement))


async def replay(decisions: Decisions, context: Context, policy: RiskSettings) -> Report:
    """Judge every kept sign-in anew. Others get their turn between batches."""
    report = Report()
    async for batch in decisions.all(context):
        for decided in batch:
            report.add(decided, judge(policy, decided.sign_in))
        await asyncio.sleep(0)
    return report
