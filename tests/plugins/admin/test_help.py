"""Help for people who lost a way to sign in: from a person's page, and never above one's own permissions."""

from __future__ import annotations

from html import unescape

import pytest

from tests.plugins.admin.conftest import World
from xenia.api import NewCredential
from xenia.testing.app import Browser
from xenia.users.models import User


async def sent(world: World) -> int:
    """How many mails wait."""
    count: int = await world.kernel.database.fetchval("SELECT count(*) FROM jobs WHERE name = 'notify.send'")
    return count


async def with_password(world: World, user: User) -> User:
    context = world.context()
    assert await world.kernel.hooks.seed_credential(context, user.id, "password", "violet ladders hum")
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


async def test_the_page_of_a_person_offers_what_can_be_done(world: World, chief: Browser) -> None:
    newcomer = await world.user("amy@demo.example")
    user = await with_password(world, await world.user("ada@demo.example"))
    for one, has, lacks in ((newcomer, "invite", "reset"), (user, "reset", "invite")):
        page = unescape((await chief.get(f"/console/demo/users/{one.id}")).text)
        assert f"/users/{one.id}/{has}" in page
        assert f"/users/{one.id}/{lacks}" not in page


async def test_taking_the_last_second_factor_is_said_to_be_that(world: World, chief: Browser) -> None:
    user = await with_password(world, await world.user("ada@demo.example"))
    context = world.context()
    code = NewCredential(plugin="sample", kind="code", data=b"x", second=True)
    made = [await world.kernel.credentials.add(context, user.id, code) for _ in range(2)]
    place = f"/console/demo/users/{user.id}/credentials"
    assert "2 ways to sign in are left" in (await chief.get(f"{place}/{made[0]}/remove")).text
    await chief.post(f"{place}/{made[0]}/remove", {})
    assert "the 1 way that is left opens the account alone" in (await chief.get(f"{place}/{made[1]}/remove")).text


@pytest.mark.parametrize("what", ["reset", "renew"])
async def test_nobody_helps_themselves_to_who_holds_more(world: World, what: str) -> None:
    boss = await with_password(world, await world.user("boss@demo.example", roles=("boss",)))
    clerk = await world.administrator("clerk:demo", email="clerk@xenia.example")
    for ask in (clerk.get, lambda path: clerk.post(path, {})):
        assert (await ask(f"/console/demo/users/{boss.id}/{what}")).status_code == 403
