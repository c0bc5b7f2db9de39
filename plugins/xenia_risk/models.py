"""What is known of a sign-in, what a policy says to it, and how a decision is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from xenia.api import Text, Verdict

Facts = dict[str, str | int | float | bool]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What one signal saw: its score from 0 to 1, why, and what that was made of."""

    score: float
    reason: Text
    facts: Facts = {}


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """All that a policy may look at. Nothing else decides, so that another policy can judge the same sign-in later."""

    signals: dict[str, Seen]
    application: str = ""
    roles: tuple[str, ...] = ()


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy says: the verdict, by which rule (``""``: none matched), at which score from 0 to 100."""

    verdict: Verdict
    rule: str = ""
    score: int = 0
    acr: str = ""
    notify: bool = False


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A judgement as it was kept, with everything that it was made from."""

    id: UUID
    at: datetime
    user_id: UUID
    sign_in: SignIn
    judgement: Judgement
