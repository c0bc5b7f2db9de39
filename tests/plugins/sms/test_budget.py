"""Nobody makes a tenant pay more than it said: not in a race, not over a restart, not by a country or a number."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.plugins.mailed import identified, is_signed_in, settled
from tests.plugins.sms.conftest import METHOD, NUMBER, OTHER, Gateway, events, has_number, retried, settings, use
from tests.plugins.sms.test_carriers import queued, said, sent
from tests.plugins.sms.test_enrolment import asked, signed_in
from xenia.api import ChannelKind, NewCredential, Outgoing, Undeliverable, literal
from xenia.testing.app import App, MakeApp
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User
from xenia_sms.budget import Budget

EXHAUSTED, LOW = "sms.budget_exhausted", "sms.budget_low"


async def pass_(app: App, period: str) -> None:
    """A window is over."""
    await app.kernel.database.execute(f"UPDATE sms_spending SET {period}_ends = now() - interval '1 second'")


async def spent(app: App) -> tuple[int, int]:
    """What the hour and the day have cost."""
    row = await app.kernel.database.fetchrow("SELECT hour_spent, day_spent FROM sms_spending")
    return (row["hour_spent"], row["day_spent"]) if row else (0, 0)


async def spend(app: App, gateway: Gateway, units: int = 1, *, whole: bool = True, **changes: Any) -> bool:
    """One message."""
    return await Budget(app.kernel).spend(app.context, settings(gateway, **changes), units, whole=whole)


async def test_of_two_hundred_at_once_twenty_are_paid(app: App, gateway: Gateway) -> None:
    taken = await asyncio.gather(*(spend(app, gateway, hour_budget=20) for _ in range(200)))
    assert sum(taken) == 20
    assert await spent(app) == (20, 20)


async def test_of_two_processes_at_once_neither_goes_past_the_budget(
    app: App, gateway: Gateway, make_app: MakeApp
) -> None:
    both = (app, await make_app([*app.kernel.installed]))
    limits: dict[str, Any] = {"hour_budget": 1000, "day_budget": 40}
    taken = await asyncio.gather(*(spend(both[place % 2], gateway, 3, **limits) for place in range(100)))
    assert sum(taken) == 13
    assert await spent(app) == (39, 39)


async def test_of_two_hundred_messages_at_once_twenty_are_sent(app: App, gateway: Gateway) -> None:
    await use(app, gateway, day_budget=20, number_per_day=100)
    await asyncio.gather(*(queued_only(app, f"+49176040690{place % 100:02}") for place in range(200)))
    await settled(app)
    assert len(gateway.sent()) == gateway.seen() == 20
    assert len(await events(app, "notify.refused")) == 180


async def queued_only(app: App, to: str) -> None:
    """A message of any plugin, which waits."""
    message = Outgoing(channel=ChannelKind.SMS, to=to, subject=literal("Hello"), body=(literal("Good day"),))
    async with app.kernel.transaction():
        await app.kernel.notify.send(app.context, message)


async def test_a_restart_forgets_nothing(app: App, gateway: Gateway, make_app: MakeApp) -> None:
    assert await spend(app, gateway, 15, hour_budget=20)
    other = await make_app([*app.kernel.installed])
    assert not await spend(other, gateway, 6, hour_budget=20)
    assert await spend(other, gateway, 5, hour_budget=20)


async def test_the_next_hour_is_a_new_one_within_the_same_day(app: App, gateway: Gateway) -> None:
    limits: dict[str, Any] = {"hour_budget": 3, "day_budget": 5}
    assert [await spend(app, gateway, **limits) for _ in range(4)] == [True, True, True, False]
    await pass_(app, "hour")
    assert [await spend(app, gateway, **limits) for _ in range(3)] == [True, True, False]
    await pass_(app, "hour")
    assert not await spend(app, gateway, **limits)
    await pass_(app, "day")
    assert await spend(app, gateway, **limits)
    assert (await spent(app))[1] == 1


async def test_a_message_costs_what_its_country_costs(app: App, gateway: Gateway) -> None:
    await use(app, gateway, prices={"US": 4}, hour_budget=5)
    await sent(app, said())
    await sent(app, said(to="+12025550123"))
    assert await spent(app) == (5, 5)
    with pytest.raises(Undeliverable, match="budget"):
        await sent(app, said())


async def test_a_message_is_paid_once_however_often_it_is_tried(app: App, gateway: Gateway) -> None:
    gateway.control(fail=[503, 503, 503])
    await queued(app)
    for _ in range(4):
        await retried(app)
    assert len(gateway.sent()) == 1
    assert await spent(app) == (1, 1)


async def test_whoever_may_have_sent_it_without_an_answer_is_paid_for_each_try(
    app: App, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xenia_sms.channel.TIMEOUT_SECONDS", 0.2)
    await use(app, gateway, hour_budget=3)
    gateway.control(hang=True)
    await queued(app)
    for _ in range(6):
        await retried(app)
    assert gateway.seen() == 3
    assert await spent(app) == (3, 3)
    assert len(await events(app, "notify.refused")) == 1


async def test_what_is_too_dear_for_the_whole_budget_is_never_paid(app: App, gateway: Gateway) -> None:
    assert not await spend(app, gateway, 11, hour_budget=10)
    assert not await spend(app, gateway, 6, hour_budget=10, whole=False)
    assert await spent(app) == (0, 0)


async def test_new_numbers_get_half_at_most_and_those_that_are_set_up_the_rest(
    app: App, gateway: Gateway, ada: User
) -> None:
    await use(app, gateway, hour_budget=4, most_messages=10)
    await has_number(app, ada)
    for place in range(4):
        await a_person(app, f"pump-{place}@example.org", password=PASSWORD)
        await asked(app, await signed_in(app, f"pump-{place}@example.org"), f"+4917604069{place + 10:03}")
    assert len(gateway.sent()) == 2
    assert await events(app, EXHAUSTED) == [{"period": "hour", "budget": 2, "half": True}]
    browser = app.browser()
    await browser.submit(await identified(browser), password=PASSWORD)
    await settled(app)
    assert len(gateway.sent(NUMBER)) == 1


async def test_half_is_half(app: App, gateway: Gateway) -> None:
    limits: dict[str, Any] = {"hour_budget": 10}
    assert sum([await spend(app, gateway, whole=False, **limits) for _ in range(10)]) == 5
    assert sum([await spend(app, gateway, **limits) for _ in range(10)]) == 5


async def test_what_waits_is_sent_after_a_restart_and_paid_once(app: App, gateway: Gateway, make_app: MakeApp) -> None:
    await queued_only(app, NUMBER)
    gateway.control(fail=[503])
    await settled(app)
    other = await make_app([*app.kernel.installed])
    await retried(other)
    assert len(gateway.sent(NUMBER)) == 1
    assert await spent(app) == (1, 1)


async def test_each_tenant_pays_for_itself(app: App, gateway: Gateway) -> None:
    await app.tenant("other")
    budget, other = Budget(app.kernel), app.context.__class__(tenant="other")
    assert await budget.spend(app.context, settings(gateway, hour_budget=1), 1)
    assert not await budget.spend(app.context, settings(gateway, hour_budget=1), 1)
    assert await budget.spend(other, settings(gateway, hour_budget=1), 1)


async def test_the_administrator_hears_of_it_at_four_fifths_and_at_the_end_once(app: App, gateway: Gateway) -> None:
    limits: dict[str, Any] = {"hour_budget": 10, "day_budget": 100}
    await asyncio.gather(*(spend(app, gateway, **limits) for _ in range(7)))
    assert await events(app, LOW, EXHAUSTED) == []
    await asyncio.gather(*(spend(app, gateway, **limits) for _ in range(20)))
    assert await events(app, LOW) == [{"period": "hour", "spent": 8, "budget": 10}]
    assert await events(app, EXHAUSTED) == [{"period": "hour", "budget": 10, "half": False}]
    await pass_(app, "hour")
    for _ in range(11):
        await spend(app, gateway, **limits)
    assert len(await events(app, LOW)) == len(await events(app, EXHAUSTED)) == 2


async def test_the_day_tells_too(app: App, gateway: Gateway) -> None:
    limits: dict[str, Any] = {"hour_budget": 100, "day_budget": 5}
    for _ in range(6):
        await spend(app, gateway, **limits)
    assert [one["period"] for one in await events(app, LOW, EXHAUSTED)] == ["day", "day"]


async def test_a_code_is_paid_when_it_is_asked_for_and_not_again(app: App, gateway: Gateway, ada: User) -> None:
    await has_number(app, ada)
    browser = app.browser()
    await browser.submit(await identified(browser), password=PASSWORD)
    assert await spent(app) == (1, 1)
    await settled(app)
    assert len(gateway.sent(NUMBER)) == 1
    assert await spent(app) == (1, 1)


async def test_where_nothing_is_left_a_person_is_shown_another_way(app: App, gateway: Gateway, ada: User) -> None:
    await has_number(app, ada)
    await use(app, gateway, hour_budget=1)
    first, second = app.browser(), app.browser()
    await first.submit(await identified(first), password=PASSWORD)
    page = await second.submit(await identified(second), password=PASSWORD)
    await settled(app)
    assert page.status_code == 200
    assert "No text message can be sent at the moment" in page.text
    assert len(gateway.sent()) == 1
    await app.kernel.credentials.add(app.context, ada.id, app_of_hers())
    third = app.browser()
    page = await third.submit(await identified(third), password=PASSWORD)
    assert METHOD in page.text or "Open your authenticator app" in page.text


def app_of_hers() -> NewCredential:
    """An authenticator app."""
    return NewCredential(plugin="totp", kind="totp", data=b"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", second=True)


async def test_who_has_an_app_too_is_asked_for_that_and_nothing_is_spent(app: App, gateway: Gateway, ada: User) -> None:
    await has_number(app, ada)
    await app.kernel.credentials.add(app.context, ada.id, app_of_hers())
    browser = app.browser()
    page = await browser.submit(await identified(browser), password=PASSWORD)
    await settled(app)
    assert "Open your authenticator app" in page.text
    assert METHOD in page.text
    assert await spent(app) == (0, 0)


async def test_one_source_asks_for_few_codes(app: App, gateway: Gateway) -> None:
    await use(app, gateway, first=True, source_per_hour=4)
    for place in range(8):
        person = await a_person(app, f"person-{place}@example.org")
        await has_number(app, person, f"+4917604069{place:03}")
        browser = app.browser()
        await browser.submit(await identified(browser, f"person-{place}@example.org"), action=METHOD)
    await settled(app)
    assert len(gateway.sent()) == 4


async def test_pumping_by_many_accounts_with_one_number_ends_at_the_numbers_limit(app: App, gateway: Gateway) -> None:
    await use(app, gateway, first=True, number_per_day=10)
    for place in range(12):
        person = await a_person(app, f"pump-{place}@example.org")
        await has_number(app, person, OTHER)
        browser = app.browser()
        await browser.submit(await identified(browser, f"pump-{place}@example.org"), action=METHOD)
    await settled(app)
    assert len(gateway.sent(OTHER)) == 5
    assert EMAIL not in str(gateway.sent())


async def test_strangers_who_set_up_a_number_take_no_codes_from_its_owner(
    app: App, gateway: Gateway, ada: User
) -> None:
    await use(app, gateway, number_per_day=4)
    await has_number(app, ada)
    for place in range(4):
        await a_person(app, f"mallory-{place}@example.org", password=PASSWORD)
        browser = app.browser()
        await browser.submit(await identified(browser, f"mallory-{place}@example.org"), password=PASSWORD)
        await browser.submit(await browser.post("/account/enrol/sms_otp", {}), number=NUMBER)
        await settled(app)
    assert len(gateway.sent(NUMBER)) == 2
    browser = app.browser()
    page = await browser.submit(await identified(browser), password=PASSWORD)
    await settled(app)
    assert len(gateway.sent(NUMBER)) == 3
    assert is_signed_in(await browser.submit(page, code=gateway.code()))
