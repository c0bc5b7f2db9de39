"""The signal from lists of addresses that attacks come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import Context, LoginAttempt, Observation, RiskSignal, text
from xenia_risk.reputation import Listed


class ListedAddress:
    """The address stands in one of the operator's lists."""

    name = "listed_address"

    def __init__(self, listed: Listed) -> None:
        self._listed = listed

    async def observe(self, context: Context, _attempt: LoginAttempt) -> Observation | None:
        """0 or 1."""
        listed = context.source.address in self._listed
        return Observation(score=float(listed), reason=text("risk.signal.listed"), facts={"listed": listed})


if TYPE_CHECKING:

    def _proof(listed: Listed) -> RiskSignal:
        return ListedAddress(listed)
