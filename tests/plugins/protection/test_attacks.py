"""Attacks are seen in numbers, told once, answered as the tenant wants, and over when it is quiet."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.plugins.devices.support import CHROME, FIREFOX, HOME, NEWER_FIREFOX
from tests.plugins.protection.support import (
    EMAIL,
    PASSWORD,
    WRONG,
    a_browser,
    events_of,
    guess,
    identified,
    is_signed_in,
    moved,
    puzzle_of,
    solved,
    strangers,
    use,
)
from xenia.context import Context, system_actor
from xenia.testing.app import App
from xenia.testing.people import a_person
from xenia.users.models import User
from xenia_protection.blocks import Blocks
from xenia_protection.detectors import Hammering, Stuffing
from xenia_protection.models import Seen
from xenia_protection.settings import ProtectionSettings
from xenia_protection.watch import Watch

SETTINGS = ProtectionSettings()
NETWORK = "203.0.113.0/24"


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (Seen(network=NETWORK, wrong=30, accounts=25), True),
        (Seen(network=NETWORK, wrong=30, right=5, accounts=25), True),
        (Seen(network=NETWORK, wrong=30, right=30, accounts=25), False),
        (Seen(network=NETWORK, wrong=19, accounts=19), False),
        (Seen(network=NETWORK, wrong=200, accounts=25), False),
        (Seen(network="", wrong=30, accounts=25), False),
        (Seen(network="", wrong=400, accounts=300), True),
    ],
)
def test_many_accounts_with_few_wrong_guesses_each_are_stuffing(seen: Seen, found: bool) -> None:
    assert bool(Stuffing().find(seen, SETTINGS)) is found


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (Seen(network=NETWORK, wrong=300, accounts=2), True),
        (Seen(network=NETWORK, wrong=299, accounts=2), False),
        (Seen(network="", wrong=9000, accounts=2), False),
    ],
)
def test_as_many_as_a_network_may_have_are_hammering(seen: Seen, found: bool) -> None:
    assert bool(Hammering().find(seen, SETTINGS)) is found


def test_a_finding_says_by_which_numbers() -> None:
    found = Stuffing().find(Seen(network=NETWORK, wrong=30, right=2, accounts=25), SETTINGS)
    assert found
    assert found.reasons == {"accounts": 25, "wrong": 30, "percent": 93}


async def test_an_attack_is_one_event_and_blocks_its_network(app: App, ada: User) -> None:
    await use(app, stuffing_accounts=3, network_free=100)
    assert await strangers(app, 8) == [422, 422, 422, 429, 429, 429, 429, 429]
    told = await events_of(app)
    assert [event.type for event in told] == ["protection.attack_began", "protection.blocked"]
    assert told[0].data == {"detector": "stuffing", "network": NETWORK, "accounts": 3, "wrong": 3, "percent": 100}
    assert (await guess(a_browser(app, address="198.51.100.7"), EMAIL, PASSWORD)).status_code == 200


async def test_an_attack_of_many_at_once_begins_once(app: App) -> None:
    await use(app, stuffing_accounts=3, network_free=100)
    browsers = [a_browser(app, address=f"203.0.113.{number}") for number in range(1, 41)]
    pages = [await identified(one, f"nobody-{number}@example.org") for number, one in enumerate(browsers)]
    await asyncio.gather(*(one.submit(page, password=WRONG) for one, page in zip(browsers, pages, strict=True)))
    told = [event.data["network"] for event in await events_of(app, "protection.attack_began")]
    assert told.count(NETWORK) == 1


async def test_people_who_get_it_right_are_no_attack(app: App) -> None:
    await use(app, stuffing_accounts=3, stuffing_percent=80)
    for number in range(5):
        await a_person(app, f"person-{number}@example.org", password=PASSWORD)
        page = await guess(a_browser(app, address="203.0.113.9"), f"person-{number}@example.org", PASSWORD)
        assert is_signed_in(page)
    await strangers(app, 3)
    assert await events_of(app) == []


async def test_signing_in_again_and_again_hides_nothing(app: App, ada: User) -> None:
    await use(app, stuffing_accounts=4, stuffing_percent=70, network_free=100)
    for _ in range(6):
        await guess(a_browser(app, address="203.0.113.9"), EMAIL, PASSWORD)
    await strangers(app, 4)
    assert [event.type for event in await events_of(app, "protection.attack_began")] == ["protection.attack_began"]


async def test_a_quiet_attack_ends_with_one_event(app: App, ada: User) -> None:
    await use(app, stuffing_accounts=3, network_free=100)
    await strangers(app, 4)
    watch, context = Watch(app.kernel), Context(tenant="acme", actor=system_actor("test"))
    await watch.end_quiet(context)
    assert len(await watch.running(context)) == 1
    await app.kernel.database.execute("UPDATE protection_attacks SET last_at = now() - interval '11 minutes'")
    for _ in range(3):
        await watch.end_quiet(context)
    assert await watch.running(context) == []
    assert [event.type for event in await events_of(app, "protection.attack_ended")] == ["protection.attack_ended"]


async def test_a_block_is_lifted_by_hand_or_runs_out(app: App, ada: User) -> None:
    await use(app, stuffing_accounts=3, network_free=100)
    await strangers(app, 4)
    blocks = Blocks(app.kernel)
    assert [one.network for one in await blocks.all(app.context)] == [NETWORK]
    assert [await blocks.unblock(app.context, NETWORK) for _ in range(2)] == [True, False]
    assert is_signed_in(await guess(a_browser(app, address="203.0.113.200"), EMAIL, PASSWORD))
    await strangers(app, 1)
    assert await blocks.wait(app.context, NETWORK) > 0, "it goes on"
    await app.kernel.database.execute("UPDATE protection_blocks SET until = now()")
    assert await blocks.wait(app.context, NETWORK) == 0


async def test_a_tenant_that_blocks_nobody_still_hears_of_it(app: App) -> None:
    await use(app, stuffing_accounts=3, network_free=100, block=False)
    assert await strangers(app, 6) == [422] * 6
    assert [event.type for event in await events_of(app)] == ["protection.attack_began"]


async def test_an_attack_from_everywhere_is_the_tenant_s(app: App) -> None:
    await use(app, stuffing_accounts=1, network_free=100, tenant_free=1000)
    for number in range(12):
        await guess(a_browser(app, address=f"198.18.{number}.7"), f"nobody-{number}@example.org")
    networks = {event.data["network"] for event in await events_of(app, "protection.attack_began")}
    assert "" in networks


async def test_while_an_attack_runs_more_is_asked_of_devices_that_nobody_knows(app: App, ada: User) -> None:
    home = a_browser(app)
    assert is_signed_in(await guess(home, EMAIL, PASSWORD))
    await app.settle()
    await home.submit(await home.get("/sign-out"), action="")
    await use(app, stuffing_accounts=3, network_free=100, block=False, step_up=True)
    await strangers(app, 4)
    page = await guess(a_browser(app, address="203.0.113.222"), EMAIL, PASSWORD)
    assert page.status_code == 403
    assert is_signed_in(await guess(home, EMAIL, PASSWORD))


async def test_sessions_that_began_among_stolen_passwords_end(app: App, ada: User) -> None:
    await use(app, stuffing_accounts=4, network_free=100, end_sessions=True)
    await a_person(app, "grace@example.org", password=PASSWORD)
    far = a_browser(app, address="198.51.100.7")
    near = a_browser(app, address="203.0.113.7")
    assert is_signed_in(await guess(far, "grace@example.org", PASSWORD))
    assert is_signed_in(await guess(near, EMAIL, PASSWORD))
    await strangers(app, 12)
    assert await app.kernel.sessions.of_user(app.context, ada.id) == ()
    assert is_signed_in(await far.get("/account"))


# -- sessions that were copied


@pytest.mark.parametrize(
    ("agent", "address", "stays"),
    [
        (CHROME, "203.0.113.5", False),
        (CHROME, HOME, True),
        (FIREFOX, "203.0.113.5", True),
        (NEWER_FIREFOX, "203.0.113.5", True),
        ("", "203.0.113.5", False),
        (CHROME, "2001:db8::1", False),
    ],
)
async def test_a_session_in_another_browser_and_another_network_ends(
    app: App, ada: User, agent: str, address: str, stays: bool
) -> None:
    browser = a_browser(app)
    assert is_signed_in(await guess(browser, EMAIL, PASSWORD))
    page = await moved(browser, agent=agent, address=address).get("/account")
    assert is_signed_in(page) is stays
    assert bool(await app.kernel.sessions.of_user(app.context, ada.id)) is stays
    back = await moved(browser).get("/account")
    assert is_signed_in(back) is stays


async def test_it_is_told_once_however_many_requests_come(app: App, ada: User) -> None:
    browser = a_browser(app)
    assert is_signed_in(await guess(browser, EMAIL, PASSWORD))
    thief = moved(browser, agent=CHROME, address="203.0.113.5")
    await asyncio.gather(*(thief.client.get(thief.at("/account")) for _ in range(20)))
    [event] = await events_of(app, "protection.session_leaked")
    assert event.data == {"was": "Firefox/Linux", "now": "Chrome/Linux", "detector": "copied_session"}


async def test_a_tenant_may_leave_copied_sessions_alone(app: App, ada: User) -> None:
    await use(app, end_copied_sessions=False)
    browser = a_browser(app)
    assert is_signed_in(await guess(browser, EMAIL, PASSWORD))
    assert is_signed_in(await moved(browser, agent=CHROME, address="203.0.113.5").get("/account"))


async def test_old_counts_are_forgotten(app: App) -> None:
    await strangers(app, 2)
    await app.kernel.database.execute("UPDATE protection_minutes SET minute = minute - interval '3 days'")
    await app.kernel.database.execute("UPDATE protection_accounts SET since = since - interval '2 hours'")
    job = app.kernel.registry.jobs.all()["protection.forget"]
    assert job.every == timedelta(hours=1)
    await job.run(Context(tenant=""), {})
    for table in ("protection_minutes", "protection_accounts"):
        assert await app.kernel.database.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_what_is_asked_under_pressure_goes_when_the_tenant_switches_it_off(app: App, ada: User) -> None:
    await use(app, network_free=0)
    browser = a_browser(app)
    page = await identified(browser)
    assert puzzle_of(page)[0]
    page = await solved(browser, page)
    names = frozenset(one.name for one in app.kernel.plugins) - {"protection"}
    await app.kernel.tenants.change(app.context, "acme", plugins=names)
    assert is_signed_in(await browser.submit(page, password=PASSWORD))
