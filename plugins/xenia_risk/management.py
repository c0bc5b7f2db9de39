"""Risk in the management API: what was decided, and the table of rules with its draft."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from xenia.api import Answer, Call, Input, Invalid, NotFound, Noun, PageQuery, Verdict, cursor, parse_id, text
from xenia_risk.decisions import Decisions
from xenia_risk.drafts import Drafts
from xenia_risk.models import Decided, Facts
from xenia_risk.settings import RiskSettings, Rule, Weight
from xenia_risk.shown import speaker

risk = Noun("risk", "how sign-ins are judged")


class RiskSignal(Answer, frozen=True, kw_only=True):
    """What one signal saw: its score from 0 to 1, why, and what that was made of."""

    name: str
    score: float
    reason: str
    facts: Facts


class RiskDecision(Answer, frozen=True, kw_only=True):
    """One sign-in as it was judged: by which rule (`""`: none matched), and at which score from 0 to 100."""

    id: UUID
    at: datetime
    user_id: UUID
    application: str
    verdict: Verdict
    rule: str
    score: int
    signals: tuple[RiskSignal, ...]


class RiskDecisionList(Answer, frozen=True, kw_only=True):
    """Decisions, newest first."""

    items: tuple[RiskDecision, ...]
    next: str | None


class RiskPolicy(Answer, frozen=True, kw_only=True):
    """What decides, and what somebody works on, if anybody does."""

    in_force: RiskSettings
    draft: RiskSettings | None


class RiskDecisionQuery(PageQuery, frozen=True, kw_only=True):
    """Which decisions: those of one verdict, or all."""

    verdict: Verdict | None = None


class NewRiskDraft(Input, frozen=True, kw_only=True):
    """The draft as it shall be. For how long decisions are kept is no part of it."""

    rules: tuple[Rule, ...]
    weights: tuple[Weight, ...] = ()

    def __post_init__(self) -> None:
        self.over(RiskSettings())

    def over(self, present: RiskSettings) -> RiskSettings:
        """The settings with these rules. Raises ``ValueError``."""
        return msgspec.structs.replace(present, rules=self.rules, weights=self.weights)


@risk.get("/risk/decisions")
async def list_risk_decisions(call: Call, query: RiskDecisionQuery) -> RiskDecisionList:
    """List how sign-ins were judged, newest first."""
    await call.sees_all()
    after, verdict = parse_id(query.place), query.verdict or ""
    if query.after and after is None:
        raise Invalid({"after": text("error.cursor")})
    found = await Decisions(call.host).page(call.context, after=after, verdict=verdict, limit=query.limit)
    last = str(found[-1].id) if len(found) == query.limit else ""
    return RiskDecisionList(items=tuple(_shown(call, one) for one in found), next=cursor(last))


@risk.get("/risk/decisions/{decision_id}")
async def get_risk_decision(call: Call, decision_id: UUID) -> RiskDecision:
    """Get one decision, with everything that it was made from."""
    found = await Decisions(call.host).get(call.context, decision_id)
    if found is None:
        raise NotFound("no such decision")
    await call.may("user", found.user_id)
    return _shown(call, found)


@risk.get("/risk/policy")
async def get_risk_policy(call: Call) -> RiskPolicy:
    """Get the table of rules that decides, and its draft."""
    in_force = await call.host.config.get(call.context, RiskSettings)
    return RiskPolicy(in_force=in_force, draft=await Drafts(call.host).get(call.context))


@risk.put("/risk/policy/draft")
async def replace_risk_draft(call: Call, body: NewRiskDraft) -> RiskPolicy:
    """Replace the draft. It decides nothing until it is put in force."""
    drafts = Drafts(call.host)
    await drafts.keep(call.context, body.over(await drafts.current(call.context)))
    return await get_risk_policy(call)


@risk.delete("/risk/policy/draft")
async def remove_risk_draft(call: Call) -> None:
    """Remove the draft: back to what is in force."""
    await Drafts(call.host).drop(call.context)


@risk.post("/risk/policy/publish", status=200)
async def publish_risk_draft(call: Call) -> RiskPolicy:
    """Put the draft in force."""
    if not await Drafts(call.host).put_in_force(call.context):
        raise NotFound("no draft")
    return await get_risk_policy(call)


def _shown(call: Call, one: Decided) -> RiskDecision:
    say, seen = speaker(call.host, call.context), one.sign_in.signals.items()
    return RiskDecision.like(
        one,
        application=one.sign_in.application,
        verdict=one.judgement.verdict,
        rule=one.judgement.rule,
        score=one.judgement.score,
        signals=tuple(
            RiskSignal(name=name, score=it.score, reason=say(it.reason), facts=it.facts) for name, it in seen
        ),
    )
