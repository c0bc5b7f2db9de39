"""A refresh family against a model, in every order of use, repetition, copy, delay and revocation."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import integers

from tests.core.tokens.test_refresh import pass_time
from tests.core.tokens.world import ACME, World
from xenia.db import Database
from xenia.grants.models import Grant
from xenia.tokens.models import RefreshState

T = TypeVar("T")


class Family(RuleBasedStateMachine):
    """The model: the tokens in order, whether the last but one is still in its grace, whether all has ended."""

    runner: asyncio.Runner
    world: World

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def begin(self) -> None:
        self.grant: Grant = self.run(self.world.grant())
        self.tokens = [self.run(self.world.tokens.issue_refresh(ACME, self.grant, scope=("openid",)))]
        self.in_grace = False
        self.has_ended = False

    @rule()
    def use_the_newest(self) -> None:
        outcome = self.run(self.world.refresh(self.tokens[-1]))
        assert outcome.state is (RefreshState.UNKNOWN if self.has_ended else RefreshState.ROTATED)
        if not self.has_ended:
            self.tokens.append(outcome.successor)
            self.in_grace = True

    @precondition(lambda self: len(self.tokens) > 1)
    @rule()
    def repeat_the_one_before(self) -> None:
        outcome = self.run(self.world.refresh(self.tokens[-2]))
        if self.has_ended:
            assert outcome.state is RefreshState.UNKNOWN
        elif self.in_grace:
            assert (outcome.state, outcome.successor) == (RefreshState.REPEATED, self.tokens[-1])
        else:
            assert outcome.state is RefreshState.REUSED
            self.has_ended = True

    @precondition(lambda self: len(self.tokens) > 2)
    @rule(which=integers(0, 50))
    def show_an_old_copy(self, which: int) -> None:
        outcome = self.run(self.world.refresh(self.tokens[which % (len(self.tokens) - 2)]))
        assert outcome.state is (RefreshState.UNKNOWN if self.has_ended else RefreshState.REUSED)
        self.has_ended = True

    @rule()
    def wait(self) -> None:
        self.run(pass_time(self.world, "11 seconds"))
        self.in_grace = False

    @rule()
    def try_as_another_application(self) -> None:
        assert self.run(self.world.refresh(self.tokens[-1], "blog")).state is RefreshState.UNKNOWN

    @precondition(lambda self: len(self.tokens) > 3)
    @rule()
    def revoke(self) -> None:
        assert self.run(self.world.tokens.revoke(ACME, self.tokens[-1], "shop")) is not self.has_ended
        self.has_ended = True

    @invariant()
    def only_the_newest_lives(self) -> None:
        if not hasattr(self, "tokens"):
            return
        alive = [self.run(self.world.tokens.introspect_refresh(ACME, token)) is not None for token in self.tokens]
        assert alive == [False] * (len(self.tokens) - 1) + [not self.has_ended]


@pytest.mark.slow
def test_a_family_behaves_as_its_model(database_address: str) -> None:
    with asyncio.Runner() as runner:
        database = Database(database_address)
        runner.run(database.open())
        world = World(database)
        runner.run(world.populate())

        class Bound(Family):
            pass

        Bound.runner, Bound.world = runner, world
        small = settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        run_state_machine_as_test(Bound, settings=small)
        runner.run(database.close())
