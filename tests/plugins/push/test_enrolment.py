"""Getting a device: the picture, the number, and who else might come with it."""

from __future__ import annotations

import asyncio

import pytest
from joserfc.jwk import ECKey

from tests.plugins.push.device import Device
from tests.plugins.push.phone import Phone, another, begun, enrolled, later, link_on, registered
from xenia.testing.app import App
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL
from xenia.users.models import User
from xenia_push.settings import PushSettings


async def devices_of(app: App, user: User) -> list[str]:
    return [one.label for one in await app.kernel.credentials.of_user(app.context, user.id, "push_device")]


async def test_a_device_is_added_when_its_number_was_typed(app: App, ada: User) -> None:
    browser, page = await begun(app)
    assert 'role="img"' in page.text
    phone, number = await registered(app, page, name="  Ada’s  phone ")
    refused = await phone.post("/push/challenges", phone.device.signed("push-list+jwt"))
    assert refused.status_code == 403, "not before the number was typed"
    assert await devices_of(app, ada) == []
    page = await browser.submit(page, number=f" {number} ")
    assert page.url.path.endswith("/account/security")
    assert "Ada’s phone" in page.text
    assert await phone.asked() == []


async def test_the_token_stays_behind_the_hash_and_is_stored_as_a_digest(app: App, ada: User) -> None:
    _, page = await begun(app)
    address, _, token = link_on(page).partition("#")
    assert address == "http://localhost:8000/t/acme/push/enrol"
    assert token.startswith("xpush_")
    assert "Open this in the app" in (await app.browser().get("/push/enrol")).text
    stored = await app.kernel.database.fetch("SELECT hash, data FROM one_time")
    assert token.encode() not in b"".join(value for row in stored for value in row.values())


async def test_a_page_that_is_loaded_again_shows_the_same_picture(app: App, ada: User) -> None:
    browser, page = await begun(app)
    assert link_on(await browser.get(str(page.url))) == link_on(page)


async def test_of_fifty_devices_with_one_picture_one_comes_in(app: App, ada: User) -> None:
    _, page = await begun(app)
    link = link_on(page)
    phones = [Phone(app, Device(link.partition("/push/enrol")[0])) for _ in range(50)]
    answers = await asyncio.gather(*(one.post("/push/devices", one.device.registration(link)) for one in phones))
    assert sorted(one.status_code for one in answers) == [200] + [404] * 49


async def test_a_number_is_typed_three_times_and_then_there_is_another_picture(app: App, ada: User) -> None:
    browser, page = await begun(app)
    before = link_on(page)
    _, number = await registered(app, page)
    for _ in range(2):
        page = await browser.submit(page, number=another(number))
        assert page.status_code == 422
        assert link_on(page) == before
    page = await browser.submit(page, number=another(number))
    assert link_on(page) != before
    page = await browser.submit(page, number=number)
    assert "No app has scanned this picture yet" in page.text
    assert await devices_of(app, ada) == []


async def test_of_fifty_guesses_at_once_three_are_looked_at(app: App, ada: User) -> None:
    browser, page = await begun(app)
    _, number = await registered(app, page)
    guesses = [str(one) for one in range(10, 99) if str(one) != number][:49]
    await asyncio.gather(*(browser.submit(page, number=one) for one in guesses))
    await browser.submit(page, number=number)
    assert await devices_of(app, ada) == []


async def test_the_right_number_adds_one_device_however_often_it_is_posted(app: App, ada: User) -> None:
    browser, page = await begun(app)
    _, number = await registered(app, page)
    await asyncio.gather(*(browser.submit(page, number=number) for _ in range(10)))
    assert len(await devices_of(app, ada)) == 1


@pytest.mark.parametrize("typed", ["", "  ", "no", "1", "123", "⁴²", "-1", "1e1"])
async def test_what_is_no_number_adds_nothing(app: App, ada: User, typed: str) -> None:
    browser, page = await begun(app)
    await registered(app, page)
    page = await browser.submit(page, number=typed)
    assert page.status_code == 422
    assert await devices_of(app, ada) == []


async def test_nothing_scanned_nothing_added(app: App, ada: User) -> None:
    browser, page = await begun(app)
    page = await browser.submit(page, number="42")
    assert page.status_code == 422
    assert "No app has scanned this picture yet" in page.text


async def test_a_picture_is_good_for_ten_minutes(app: App, ada: User) -> None:
    browser, page = await begun(app)
    before = link_on(page)
    await later(app, "10 minutes")
    phone = Phone(app, Device(before.partition("/push/enrol")[0]))
    assert (await phone.post("/push/devices", phone.device.registration(before))).status_code == 404
    assert link_on(await browser.submit(page, number="42")) != before


async def test_the_number_of_a_device_is_good_for_ten_minutes(app: App, ada: User) -> None:
    browser, page = await begun(app)
    _, number = await registered(app, page)
    await later(app, "10 minutes")
    await browser.submit(page, number=number)
    assert await devices_of(app, ada) == []


async def test_somebody_who_photographed_the_picture_gains_nothing(app: App, ada: User) -> None:
    """Their device is the one that came; but the owner has no number to type, and theirs is known to them alone."""
    browser, page = await begun(app)
    thief, number = await registered(app, page)
    mine = Phone(app, Device(thief.device.issuer))
    assert (await mine.post("/push/devices", mine.device.registration(link_on(page)))).status_code == 404
    await browser.submit(page, number=another(number))
    assert (await thief.post("/push/challenges", thief.device.signed("push-list+jwt"))).status_code == 403


async def test_there_are_as_many_devices_as_the_tenant_allows(app: App, ada: User) -> None:
    await app.kernel.config.put(app.context, PushSettings, PushSettings(devices=1))
    browser, page = await begun(app)
    _, number = await registered(app, page)
    await browser.submit(page, number=number)
    page = await browser.post("/account/enrol/push", {})
    assert "as many as are allowed" in page.text
    assert "xpush_" not in page.text


async def test_the_person_is_told_of_a_device_that_comes_and_goes(app: App, ada: User, mailbox: Mailbox) -> None:
    phone = await enrolled(app)
    await app.settle()
    assert (await phone.post("/push/device/remove", phone.device.signed("push-remove+jwt"))).status_code == 200
    await app.settle()
    told = [one.subject for one in mailbox.to(EMAIL) if "device" in one.subject]
    assert told == ["A device was added that approves sign-ins", "A device was removed that approved sign-ins"]


async def test_a_device_may_have_the_key_of_another_without_being_it(app: App, ada: User) -> None:
    """The id is signed too: what one of them said is nothing for the other."""
    key = ECKey.generate_key("P-256")
    first = await enrolled(app, key=key)
    message = first.device.signed("push-list+jwt")
    assert (await first.post("/push/challenges", message)).status_code == 200
    assert (await first.post("/push/challenges", message)).status_code == 403
