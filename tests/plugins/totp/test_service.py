"""A step is used once, and none before it afterwards."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from xenia.clock import FrozenClock
from xenia.credentials.models import NewCredential
from xenia.testing.app import App
from xenia.testing.people import a_person
from xenia.users.models import User
from xenia_totp.codes import code_at, new_secret, step_of
from xenia_totp.service import TotpService

STEP = timedelta(seconds=30)


@pytest.fixture
def apps(app: App) -> TotpService:
    return TotpService(app.kernel)


@pytest.fixture
async def seed(app: App, ada: User) -> str:
    """Ada's seed."""
    made = new_secret()
    await app.kernel.credentials.add(app.context, ada.id, TotpService(app.kernel).made(made, 0, "Phone"))
    return made


def shown(seed: str, clock: FrozenClock, off: int = 0) -> str:
    """What the app shows."""
    return code_at(seed, step_of(clock.now()) + off)


async def test_a_code_works_once(app: App, apps: TotpService, ada: User, seed: str, clock: FrozenClock) -> None:
    code = shown(seed, clock)
    assert await apps.spend(app.context, ada.id, code)
    assert await apps.spend(app.context, ada.id, code) is None
    clock.advance(STEP)
    assert await apps.spend(app.context, ada.id, code) is None
    assert await apps.spend(app.context, ada.id, shown(seed, clock))


async def test_no_step_before_one_that_was_used_works(
    app: App, apps: TotpService, ada: User, seed: str, clock: FrozenClock
) -> None:
    assert await apps.spend(app.context, ada.id, shown(seed, clock, 1))
    assert await apps.spend(app.context, ada.id, shown(seed, clock, 0)) is None
    assert await apps.spend(app.context, ada.id, shown(seed, clock, -1)) is None


async def test_of_fifty_at_once_one_wins(app: App, apps: TotpService, ada: User, seed: str, clock: FrozenClock) -> None:
    code = shown(seed, clock)
    won = await asyncio.gather(*(apps.spend(app.context, ada.id, code) for _ in range(50)))
    assert sum(one is not None for one in won) == 1


async def test_a_clock_that_goes_back_gives_nothing_back(
    app: App, apps: TotpService, ada: User, seed: str, clock: FrozenClock
) -> None:
    code = shown(seed, clock)
    assert await apps.spend(app.context, ada.id, code)
    clock.advance(-STEP)
    assert await apps.spend(app.context, ada.id, code) is None


async def test_each_app_of_a_person_works(
    app: App, apps: TotpService, ada: User, seed: str, clock: FrozenClock
) -> None:
    second = new_secret()
    await app.kernel.credentials.add(app.context, ada.id, apps.made(second, 0, "Tablet"))
    assert await apps.spend(app.context, ada.id, shown(second, clock))
    assert await apps.spend(app.context, ada.id, shown(seed, clock))


async def test_the_app_of_somebody_else_does_not(
    app: App, apps: TotpService, ada: User, seed: str, clock: FrozenClock
) -> None:
    grace = await a_person(app, "grace@example.org")
    assert await apps.spend(app.context, grace.id, shown(seed, clock)) is None
    assert await apps.spend(app.context, ada.id, shown(seed, clock))


async def test_the_seed_is_sealed_at_rest(app: App, ada: User, seed: str) -> None:
    rows = await app.kernel.database.fetch("SELECT data FROM credentials WHERE kind = 'totp'")
    assert rows
    assert not [row for row in rows if seed.encode() in row["data"]]


async def test_nobody_and_strangers_have_none(app: App, apps: TotpService, ada: User) -> None:
    assert not await apps.has_one(app.context, None)
    await app.kernel.credentials.add(app.context, ada.id, NewCredential(plugin="x", kind="other", data=b"x"))
    assert not await apps.has_one(app.context, ada.id)
