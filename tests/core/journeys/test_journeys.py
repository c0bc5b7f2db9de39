"""The ordinary ways: sign up, sign in, step up, sign out."""

from __future__ import annotations

from tests.core.journeys.world import begun, identified, sessions, signed_in
from xenia.testing.app import App
from xenia.testing.people import EMAIL, PASSWORD
from xenia.users.models import User


async def test_a_visitor_is_asked_for_an_address(app: App) -> None:
    page = await app.browser().get("/sign-in")
    assert page.status_code == 200
    assert 'name="identifier"' in page.text


async def test_a_person_signs_up_with_a_password(app: App) -> None:
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-up"), identifier="new@example.org")
    page = await browser.submit(page, password=PASSWORD)
    assert "new@example.org" in page.text
    for path in ("/account", "/account/security", "/account/activity"):
        assert (await browser.get(path)).status_code == 200


async def test_a_person_signs_in_with_a_password(app: App, ada: User) -> None:
    browser, page = await identified(app, EMAIL.upper())
    page = await browser.submit(page, password="wrong")
    assert page.status_code == 422
    page = await browser.submit(page, password=PASSWORD)
    assert page.url.path == "/t/acme/account"
    assert len(await sessions(app, ada)) == 1


async def test_the_same_person_again_keeps_one_session_with_a_new_secret(app: App, ada: User) -> None:
    browser = await signed_in(app)
    before = browser.cookie("xenia-session-acme")
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    await browser.submit(page, password=PASSWORD)
    assert browser.cookie("xenia-session-acme") != before
    assert len(await sessions(app, ada)) == 1
    old = app.browser()
    old.client.cookies.set("xenia-session-acme", before or "", domain="localhost.local")
    assert (await old.get("/account", follow=False)).status_code == 303


async def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(app: App, ada: User) -> None:
    browser = await signed_in(app)
    kept = browser.cookie("xenia-session-acme") or ""
    await browser.post("/sign-out", {})
    assert await sessions(app, ada) == ()
    browser.client.cookies.set("xenia-session-acme", kept, domain="localhost.local")
    assert (await browser.get("/account", follow=False)).status_code == 303


async def test_somebody_who_turns_back_is_led_out_and_the_journey_is_over(app: App, ada: User) -> None:
    browser, page = await identified(app)
    left = await browser.post(str(page.url), {"action": "cancel"}, follow=False)
    assert left.status_code == 303
    assert (await browser.get(str(page.url))).status_code == 404


async def test_another_address_is_asked_for_when_wanted(app: App, ada: User) -> None:
    browser, page = await identified(app)
    page = await browser.post(str(page.url), {"action": "change"})
    assert 'name="identifier"' in page.text


async def test_two_tabs_do_not_collide(app: App, ada: User) -> None:
    browser = app.browser()
    one, other = await begun(browser), await begun(browser)
    assert one.url != other.url
    one = await browser.submit(one, identifier="somebody@example.org")
    other = await browser.submit(other, identifier=EMAIL)
    assert "somebody@example.org" in one.text
    assert (await browser.submit(other, password=PASSWORD)).url.path == "/t/acme/account"
