"""What is known of a sign-in, what a policy says to it, and how a decision is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
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


class Outcome(StrEnum):
    """What became of a sign-in that was asked for more. ``left``: its time is over, and nothing more was shown."""

    OPEN = "open"
    MET = "met"
    REFUSED = "refused"
    LEFT = "left"


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A judgement as it was kept, with everything that it was made from; ``address`` and ``browser`` (a kind of browser) are for
    people to read. ``outcome`` is what was noted of a step-up: ``""`` nothing yet, ``None`` it was judged before that was noted.
    """

    id: UUID
    at: datetime
    user_id: UUID
    sign_in: SignIn
    judgement: Judgement
    address: str = ""
    browser: str = ""
    outcome: str | None = None

    def became(self, now: datetime, minutes: int) -> Outcome | None:
        """What became of it, where journeys live for so many minutes; ``None`` where nothing was asked for, or noted."""
        if self.judgement.verdict != Verdict.STEP_UP or self.outcome is None:
            return None
        if self.outcome:
            return Outcome(self.outcome)
        return Outcome.LEFT if now - self.at > timedelta(minutes=minutes) else Outcome.OPEN
