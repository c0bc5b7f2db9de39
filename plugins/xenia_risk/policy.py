"""The policy as one pure function: signals in, judgement out. Replay asks it the same question again."""

from __future__ import annotations

from collections.abc import Mapping

from xenia.api import Verdict
from xenia_risk.models import Judgement, SignIn
from xenia_risk.settings import RiskSettings, Rule, Then

RAISED = 0.5
"""From which score on a signal counts as raised."""

WEIGHTS: Mapping[str, float] = {
    "new_device": 0.35,
    "new_network": 0.15,
    "new_country": 0.4,
    "new_provider": 0.15,
    "impossible_travel": 0.7,
    "velocity": 0.3,
    "listed_address": 0.6,
    "unusual_hour": 0.1,
    "new_kind_of_browser": 0.15,
}
OTHERS = 0.3
"""The weight of a signal that nobody weighed."""


def judge(policy: RiskSettings, sign_in: SignIn) -> Judgement:
    """The first rule that matches; without one the sign-in is allowed."""
    score = score_of(policy, sign_in)
    rule = next((rule for rule in policy.rules if _matches(rule, sign_in, score)), None)
    if rule is None:
        return Judgement(verdict=Verdict.ALLOW, score=score)
    acr = rule.acr if rule.then is Then.STEP_UP else ""
    return Judgement(verdict=Verdict(rule.then), rule=rule.name, score=score, acr=acr, notify=rule.notify)


def score_of(policy: RiskSettings, sign_in: SignIn) -> int:
    """From 0 to 100. Signals add up as independent doubts do: ``1 - Π(1 - weight · score)``, so that none is counted beyond certainty."""
    own = {weight.signal: weight.percent / 100 for weight in policy.weights}
    calm = 1.0
    for name, seen in sign_in.signals.items():
        calm *= 1 - own.get(name, WEIGHTS.get(name, OTHERS)) * min(max(seen.score, 0.0), 1.0)
    return round((1 - calm) * 100)


def _matches(rule: Rule, sign_in: SignIn, score: int) -> bool:
    if score < rule.score or (rule.applications and sign_in.application not in rule.applications):
        return False
    if rule.roles and not set(rule.roles) & set(sign_in.roles):
        return False
    return all(name in sign_in.signals and sign_in.signals[name].score >= RAISED for name in rule.signals)
