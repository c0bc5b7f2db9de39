"""The policy: section ``[plugins.risk]`` of a tenant's document. A table of rules, of which the first that matches decides."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Days = Annotated[int, Meta(ge=1, le=400)]


class Then(StrEnum):
    """What a rule does."""

    ALLOW = "allow"
    STEP_UP = "step_up"
    DENY = "deny"


class Reached(StrEnum):
    """What a step-up must reach. Anything else would refuse whoever the rule is about."""

    AAL1 = "aal1"
    AAL2 = "aal2"
    AAL3 = "aal3"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of the table. Everything that it names must be so; what it leaves empty is always so."""

    name: Annotated[Name, Meta(description="What the rule is called, in reports and in the audit.")]
    then: Annotated[Then, Meta(description="What follows: allow, step_up or deny.")]
    score: Annotated[Percent, Meta(description="The score is at least so high, out of 100.")] = 0
    signals: Annotated[tuple[str, ...], Meta(description="All of these signals were raised.")] = ()
    applications: Annotated[tuple[str, ...], Meta(description="The sign-in is for one of these applications.")] = ()
    roles: Annotated[tuple[str, ...], Meta(description="The person has one of these roles.")] = ()
    acr: Annotated[Reached, Meta(description="What a step-up must reach: aal1, aal2 or aal3.")] = Reached.AAL2
    notify: Annotated[bool, Meta(description="The person gets a mail about it.")] = False


class Weight(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much a signal adds to the score when it is fully raised."""

    signal: Annotated[Name, Meta(description="The signal's name.")]
    percent: Annotated[Percent, Meta(description="How much it adds, out of 100.")]


DEFAULT_RULES = (
    Rule(name="nothing like it before", then=Then.STEP_UP, score=80, notify=True),
    Rule(name="unusual", then=Then.STEP_UP, score=60),
)


class RiskSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Rules, weights, and how long decisions are kept."""

    rules: Annotated[
        tuple[Rule, ...],
        Meta(description="The first rule that matches decides; none: allow.", extra={"page": "/risk/policy"}),
    ] = DEFAULT_RULES
    weights: Annotated[
        tuple[Weight, ...],
        Meta(description="Weights that differ from the built-in ones.", extra={"page": "/risk/policy/weights"}),
    ] = ()
    keep_days: Annotated[Days, Meta(description="How long decisions and past sign-ins are kept.")] = 180

    def __post_init__(self) -> None:
        names = [rule.name for rule in self.rules]
        if len(set(names)) < len(names):
            raise ValueError("rules: two have the same name")
