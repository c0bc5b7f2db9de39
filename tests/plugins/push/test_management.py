"""What happens to devices later: keys change, tokens change, people go, merge and come back."""

from __future__ import annotations

import asyncio

import pytest
from joserfc.jwk import ECKey

from tests.plugins.push.phone import Phone, a_browser, enrolled, is_signed_in, later, number_on, onward, with_password
from xenia.testing.app import App
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User, UserStatus
from xenia_push.devices import Devices
from xenia_push.personal_data import Keeper

GRACE = "grace@example.org"


async def test_a_key_is_changed_by_the_one_before(app: App, ada: User, phone: Phone) -> None:
    old, new = phone.device.key, ECKey.generate_key("P-256")
    assert (await phone.post("/push/device", phone.device.rotation(new))).status_code == 200
    refused = await phone.post("/push/challenges", phone.device.signed("push-list+jwt"))
    assert refused.status_code == 403
    phone.device.key = new
    assert await phone.asked() == []
    phone.device.key = old
    assert (await phone.post("/push/device", phone.device.rotation(old))).status_code == 403
    events = await app.kernel.database.fetch("SELECT type FROM events WHERE type LIKE 'push.%'")
    assert [one["type"] for one in events] == ["push.key_changed"]


async def test_of_fifty_new_keys_at_once_one_stays(app: App, ada: User, phone: Phone) -> None:
    keys = [ECKey.generate_key("P-256") for _ in range(50)]
    answers = await asyncio.gather(*(phone.post("/push/device", phone.device.rotation(key)) for key in keys))
    won = [key for key, one in zip(keys, answers, strict=True) if one.status_code == 200]
    assert {one.status_code for one in answers} <= {200, 403, 409}
    phone.device.key = won[-1]
    assert await phone.asked() == []


async def test_a_new_key_shows_that_it_is_one(app: App, ada: User, phone: Phone) -> None:
    """Not somebody else's public key, and not one that was signed for another device."""
    new, thief = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    for inner in (
        phone.device.signed("push-key+jwt", new=new, device="01234567-89ab-7def-8123-456789abcdef"),
        phone.device.signed("push-list+jwt", new=new, device=phone.device.id),
        phone.device.signed("push-key+jwt", new=new, device=phone.device.id, aud="https://elsewhere.example"),
        phone.device.signed("push-key+jwt", new=new, device=phone.device.id)[:-8] + "AAAAAAAA",
        phone.device.signed("push-key+jwt", device=phone.device.id),
    ):
        answer = await phone.post("/push/device", phone.device.signed("push-change+jwt", key=inner))
        assert answer.status_code in (400, 403), answer.text
    phone.device.key = thief
    assert (await phone.post("/push/device", phone.device.rotation(new))).status_code == 403


async def test_a_device_says_how_it_is_woken(app: App, ada: User, phone: Phone) -> None:
    for token in ("fcm:abc", ""):
        changed = phone.device.signed("push-change+jwt", push_token=token)
        assert (await phone.post("/push/device", changed)).status_code == 200
        [device] = await Devices(app.kernel).of_user(app.context, ada.id)
        assert device.stored.push_token == token


async def test_a_device_takes_its_leave_and_is_no_factor_any_more(app: App, ada: User, phone: Phone) -> None:
    message = phone.device.signed("push-remove+jwt")
    assert (await phone.post("/push/device/remove", message)).status_code == 200
    assert (await phone.post("/push/device/remove", phone.device.signed("push-remove+jwt"))).status_code == 403
    assert is_signed_in(await with_password(a_browser(app)))


async def test_it_is_renamed_and_removed_on_the_accounts_page(app: App, ada: User, phone: Phone) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    await phone.approve(page)
    await onward(browser, page)
    [row] = await app.kernel.credentials.of_user(app.context, ada.id, "push_device")
    assert row.used_at is not None
    page = await browser.submit(await browser.get(f"/account/credentials/{row.id}/name"), label="Old phone")
    assert "Old phone" in page.text
    await browser.post(f"/account/credentials/{row.id}/remove", {})
    assert await app.kernel.credentials.of_user(app.context, ada.id, "push_device") == ()


async def test_a_device_of_somebody_who_was_disabled_is_no_device(app: App, ada: User, phone: Phone) -> None:
    await app.kernel.users.set_status(app.context, ada.id, UserStatus.DISABLED)
    refused = await phone.post("/push/challenges", phone.device.signed("push-list+jwt"))
    assert refused.status_code == 403


async def test_a_person_reads_of_their_devices_but_no_key(app: App, ada: User, phone: Phone) -> None:
    await phone.post("/push/device", phone.device.signed("push-change+jwt", push_token="fcm:abc"))
    told = await Keeper(app.kernel).export(app.context, ada.id)
    [device] = told["devices"]
    assert device.keys() == {"name", "platform", "added_at", "used_at"}
    assert (device["name"], device["platform"]) == ("Pocket", "android")


async def test_an_erasure_takes_devices_and_requests(app: App, ada: User, phone: Phone) -> None:
    await with_password(a_browser(app))
    await Keeper(app.kernel).erase(app.context, ada.id)
    assert await app.kernel.database.fetchval("SELECT count(*) FROM push_challenges") == 0
    assert (await phone.post("/push/challenges", phone.device.signed("push-list+jwt"))).status_code == 403


async def test_a_device_goes_along_in_a_merge_and_back(app: App, ada: User, phone: Phone) -> None:
    grace = await a_person(app, GRACE, password=PASSWORD)
    keeper = Keeper(app.kernel)
    record = await keeper.move(app.context, ada.id, grace.id)
    browser = a_browser(app)
    page = await with_password(browser, GRACE)
    await phone.approve(page)
    assert is_signed_in(await onward(browser, page))
    await keeper.restore(app.context, record)
    assert await Devices(app.kernel).count(app.context, grace.id) == 0
    await later(app, "10 minutes")
    page = await with_password(browser)
    assert number_on(page)
    assert len(await phone.asked()) == 1


@pytest.mark.parametrize("path", ["/push/devices", "/push/challenges"])
async def test_where_the_plugin_is_off_there_is_nothing(app: App, phone: Phone, path: str) -> None:
    await app.kernel.tenants.change(app.context, "acme", plugins=frozenset({"password", "web"}))
    answer = await phone.post(path, phone.device.signed("push-list+jwt"))
    assert answer.status_code == 404


async def test_a_sign_in_is_refused_not_weakened_where_the_plugin_is_off(app: App, ada: User, phone: Phone) -> None:
    await app.kernel.tenants.change(app.context, "acme", plugins=frozenset({"password", "web"}))
    assert (await with_password(a_browser(app))).status_code == 403


async def test_two_people_have_a_device_each(app: App, ada: User, phone: Phone) -> None:
    await a_person(app, GRACE, password=PASSWORD)
    hers = await enrolled(app, GRACE)
    mine, theirs = await with_password(a_browser(app)), await with_password(a_browser(app), GRACE)
    assert (await phone.approve(mine)).json() == (await hers.approve(theirs)).json() == {"result": "approved"}
