"""What a run saw, counted for the page of results."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import httpx2


@dataclass
class Count:
    """Rounds, and the answers in all of them: successes, the refusals that are expected, and any others."""

    rounds: int = 0
    successes: int = 0
    refusals: int = 0
    others: int = 0

    def add(
        self,
        answers: Sequence[httpx2.Response],
        won: Callable[[httpx2.Response], bool],
        refused: Collection[int],
    ) -> int:
        """Count one round; how many won in it."""
        self.rounds += 1
        winners = [answer for answer in answers if won(answer)]
        losers = sum(answer.status_code in refused for answer in answers if answer not in winners)
        self.successes += len(winners)
        self.refusals += losers
        self.others += len(answers) - len(winners) - losers
        return len(winners)

    def refusal(self, *, accepted: bool) -> None:
        """Count one round of a single answer that had to be a refusal."""
        self.rounds += 1
        self.successes += accepted
        self.refusals += not accepted


def answered(status: int) -> Callable[[httpx2.Response], bool]:
    """Whether an answer has this status."""
    return lambda answer: answer.status_code == status
