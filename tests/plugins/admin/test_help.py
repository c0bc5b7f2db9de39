"""Help for people who lost a way to sign in: from a person's page, and never above one's own permissions."""

from __future__ import annotations

from html import unescape

import pytest

from tests.plugins.admin.conftest import World
from xenia.testing.app import Browser
from xenia.users.models import User


async def sent(world: World) -> int:
    """How many mails wait."""
    count: int = await world.kernel.database.fetchval("SELECT count(*) FROM jobs WHERE name = 'notify.send'")
    return count


async def with_password(world: World, user: User) -> User:
    context = world.context()
    assert await world.kernel.hooks.seed_credential(world.kernel, context, user.id, "password", "violet ladders hum")
    return user


async def test_a_person_is_asked_for_a_new_password(world: World, chief: Browser) -> None:
    user = await with_password(world, await world.user("ada@demo.example"))
    place = f"/console/demo/users/{user.id}"
    assert f"{place}/renew" in unescape((await chief.get(place)).text)
    assert (await chief.get(f"{place}/renew")).status_code == 200
    page = await chief.post(f"{place}/renew", {})
    assert "A new password is asked for" in unescape(page.text)
    nobody = await world.user("amy@demo.example")
    assert (await chief.post(f"/console/demo/users/{nobody.id}/renew", {})).status_code == 409


async def test_without_a_channel_nothing_is_sent_and_that_is_said(world: World, chief: Browser) -> None:
    user = await with_password(world, await world.user("ada@demo.example"))
    place = f"/console/demo/users/{user.id}/reset"
    assert (await chief.get(place)).status_code == 200
    page = await chief.post(place, {})
    assert page.status_code == 409
    assert "/recover/" not in page.text
    assert await sent(world) == 0


async def test_a_link_that_shows_is_only_for_who_has_nothing_to_take_over(world: World, chief: Browser) -> None:
    user = await with_password(world, await world.user("ada@demo.example"))
    page = await chief.post(f"/console/demo/users/{user.id}/invite", {})
    assert page.status_code == 409
    assert "/recover/" not in page.text


@pytest.mark.parametrize("what", ["reset", "renew"])
async def test_nobody_helps_themselves_to_who_holds_more(world: World, what: str) -> None:
    boss = await with_password(world, await world.user("boss@demo.example", roles=("boss",)))
    clerk = await world.administrator("clerk:demo", email="clerk@xenia.example")
    for ask in (clerk.get, lambda path: clerk.post(path, {})):
        assert (await ask(f"/console/demo/users/{boss.id}/{what}")).status_code == 403
