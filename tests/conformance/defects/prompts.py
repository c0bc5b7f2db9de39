"""Persons who are asked too often or too seldom, and sign-ins that are misdated."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from tests.conformance.defects.meddling import Document, Forger, changed, forging, ignoring, same
from tests.conformance.defects.registry import defect


def _stuck(name: str) -> Callable[[Document], Document]:
    """The claim's first value for ever."""
    first: Document = {}

    def change(claims: Document) -> Document:
        return {**claims, **first, name: first.setdefault(name, claims[name])}

    return change


def _restless(name: str) -> Callable[[Document], Document]:
    """Another value in every token."""
    numbers = count()

    def change(claims: Document) -> Document:
        value = claims[name]
        return {**claims, name: value - next(numbers) if isinstance(value, int) else f"{value}{next(numbers)}"}

    return change


for module, parameter in (("oidcc-prompt-login", "prompt"), ("oidcc-max-age-1", "max_age")):
    defect(
        module,
        f"{parameter} is ignored",
        "wasn't asked to sign in again",
        same(ignoring(parameter)),
    )
    defect(module, "auth_time stays what it was", "auth_time didn't grow", lambda _: Forger(_stuck("auth_time")))
for module in ("oidcc-max-age-10000", "oidcc-prompt-none-logged-in"):
    defect(
        module,
        "auth_time changes without a sign-in",
        "auth_time changed without",
        lambda _: Forger(_restless("auth_time")),
    )
defect(
    "oidcc-max-age-10000",
    "max_age asks everybody again",
    "asked though nothing",
    same(ignoring("max_age", prompt="login")),
)
defect("oidcc-max-age-1", "auth_time is left out", "auth_time is missing", forging(changed(auth_time=None)))
defect("oidcc-prompt-none-not-logged-in", "prompt is ignored", "no answer came", same(ignoring("prompt")))
defect("oidcc-prompt-none-logged-in", "sub changes", "sub changed", lambda _: Forger(_restless("sub")))
