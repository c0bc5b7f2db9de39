"""Changes to the table of rules. Each answers with another policy."""

from __future__ import annotations

import msgspec

from xenia.api import Invalid, text
from xenia_risk.settings import RiskSettings, Rule


def put(policy: RiskSettings, place: int, rule: Rule) -> RiskSettings:
    """With ``rule`` in place of the one there, or at the end. Raises ``Invalid`` where another one has its name."""
    others = [other.name for index, other in enumerate(policy.rules) if index != place]
    if rule.name in others:
        raise Invalid({"name": text("risk.rule.taken")})
    return _with(policy, (*policy.rules[:place], rule, *policy.rules[place + 1 :]))


def without(policy: RiskSettings, place: int) -> RiskSettings:
    """Without the rule there."""
    return _with(policy, (*policy.rules[:place], *policy.rules[place + 1 :]))


def moved(policy: RiskSettings, place: int, by: int) -> RiskSettings:
    """With the rule so many places further down; at either end it stays."""
    rules = list(policy.rules)
    target = min(max(place + by, 0), len(rules) - 1)
    rules.insert(target, rules.pop(place))
    return _with(policy, tuple(rules))


def _with(policy: RiskSettings, rules: tuple[Rule, ...]) -> RiskSettings:
    return msgspec.structs.replace(policy, rules=rules)
