"""How much each signal counts: the numbers as an administrator edits them, and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from xenia.api import Field, FieldKind, Invalid, literal, text
from xenia_risk.policy import OTHERS, WEIGHTS
from xenia_risk.settings import RiskSettings, Weight
from xenia_risk.shown import Say, signal


def percents(policy: RiskSettings, names: Iterable[str]) -> dict[str, int]:
    """What each of these signals adds at most, out of 100."""
    own = {weight.signal: weight.percent for weight in policy.weights}
    return {name: own.get(name, _built_in(name)) for name in names}


def fields(policy: RiskSettings, names: Iterable[str], say: Say) -> list[Field]:
    """A number to fill in for each signal."""
    return [
        Field(
            name=name,
            label=literal(signal(say, name)),
            kind=FieldKind.NUMBER,
            value=str(percent),
            hint=text("risk.weights.built_in", percent=_built_in(name)),
        )
        for name, percent in percents(policy, names).items()
    ]


def weighed(policy: RiskSettings, names: Iterable[str], form: Mapping[str, str]) -> RiskSettings:
    """The policy with the form's numbers. What equals the built-in weight isn't kept, so that it follows a better one; the
    weights of signals that nobody contributes now stay as they are. Raises ``Invalid``.
    """
    asked = {name: _number(form.get(name, "")) for name in names}
    if wrong := {name: text("risk.weights.number") for name, number in asked.items() if number is None}:
        raise Invalid(wrong)
    changed = tuple(
        Weight(signal=name, percent=number)
        for name, number in asked.items()
        if number is not None and number != _built_in(name)
    )
    others = tuple(weight for weight in policy.weights if weight.signal not in asked)
    kept: RiskSettings = msgspec.structs.replace(policy, weights=(*others, *changed))
    return kept


def _built_in(name: str) -> int:
    return round(100 * WEIGHTS.get(name, OTHERS))


def _number(typed: str) -> int | None:
    """A whole number from 0 to 100, or ``None``."""
    typed = typed.strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 and int(typed) <= 100 else None
