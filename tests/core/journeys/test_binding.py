"""A journey belongs to one browser and to one handle at a time; a session belongs to nobody who planted a cookie."""

from __future__ import annotations

import pytest

from tests.core.journeys.world import (
    SESSION,
    ask_for_two,
    begun,
    identified,
    own_session,
    sessions,
    signed_in,
    with_password,
)
from xenia.security.secrets import new_secret
from xenia.testing.app import App, form_of
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User


async def test_another_browser_gets_no_page_and_no_session(app: App, ada: User) -> None:
    _, page = await identified(app)
    thief = app.browser()
    await thief.get("/sign-in")  # with a browser secret of its own
    for other in (thief, app.browser()):
        seen = await other.get(str(page.url))
        assert seen.status_code == 403
        assert EMAIL not in seen.text
        assert 'name="password"' not in seen.text
        assert 'href="&#x2f;t&#x2f;acme&#x2f;sign-in"' in seen.text, "a sign-in of one's own can be begun"
        answer = await other.post(str(page.url), {"password": PASSWORD})
        assert answer.status_code == 403
        assert not own_session(answer)
    assert await sessions(app, ada) == ()


async def test_a_journey_begun_by_an_attacker_signs_no_victim_in(app: App, ada: User) -> None:
    _attacker, page = await identified(app, EMAIL)
    victim = app.browser()
    await victim.get("/sign-in")
    action, hidden = form_of(page, {"password": ""})
    answer = await victim.post(action, {**hidden, "password": PASSWORD})
    assert answer.status_code == 403
    assert victim.cookie(SESSION) is None


async def test_a_journey_of_one_tenant_is_unknown_in_another(app: App, ada: User) -> None:
    await app.tenant("other")
    browser, page = await identified(app)
    elsewhere = str(page.url).replace("/t/acme/", "/t/other/")
    assert (await browser.get(elsewhere)).status_code == 404
    assert (await browser.post(elsewhere, {"password": PASSWORD})).status_code == 404


async def test_no_other_handle_is_any_journey(app: App, ada: User) -> None:
    browser, page = await identified(app)
    handle = page.url.path.rpartition("/")[2]
    flipped = handle[:-1] + ("A" if handle[-1] != "A" else "B")
    for wrong in (handle[:-1], flipped, handle + "A", handle.upper(), new_secret("jh"), "x", "%00", "a" * 500, "..%2f"):
        for answer in (
            await browser.get(f"/journey/{wrong}"),
            await browser.post(f"/journey/{wrong}", {"password": PASSWORD}),
        ):
            assert answer.status_code == 404, wrong
            assert not own_session(answer)


async def test_the_handle_changes_with_each_proof_and_the_old_one_is_never_judged(app: App, ada: User) -> None:
    await ask_for_two(app)
    browser, page = await identified(app)
    before = str(page.url)
    after = await browser.submit(page, password=PASSWORD)
    assert 'name="code"' in after.text
    action, _ = form_of(after, {"code": ""})
    assert action not in before
    again = await browser.post(before, {"password": "no guess at all"})
    assert again.status_code == 200
    assert 'name="code"' in again.text
    third = await browser.post(str(again.url), {"code": "no number"})
    assert 'name="code"' in third.text


async def test_a_journey_ends_with_its_time(app: App, ada: User) -> None:
    browser, page = await identified(app)
    await app.kernel.database.execute("UPDATE journeys SET expires_at = now() - interval '1 second'")
    assert (await browser.get(str(page.url))).status_code == 404
    answer = await browser.submit(page, password=PASSWORD)
    assert answer.status_code == 404
    assert not own_session(answer)
    assert await sessions(app, ada) == ()


async def test_a_finished_journey_is_over_for_its_own_browser_too(app: App, ada: User) -> None:
    browser, page = await identified(app)
    await browser.submit(page, password=PASSWORD)
    again = await browser.submit(page, password="whatever")
    assert again.url.path == "/t/acme/account"  # led on, within seconds and in the session that it began
    assert not any(own_session(answer) for answer in (*again.history, again))
    assert len(await sessions(app, ada)) == 1
    await browser.post("/sign-out", {})
    assert (await browser.submit(page, password=PASSWORD)).status_code == 404
    assert await sessions(app, ada) == ()


@pytest.mark.parametrize("planted", ["a secret", "x", ""])
async def test_a_session_cookie_planted_before_the_sign_in_is_worth_nothing_after_it(
    app: App, ada: User, planted: str
) -> None:
    planted = new_secret("ss") if planted == "a secret" else planted
    browser = app.browser()
    browser.client.cookies.set(SESSION, planted, domain="localhost.local")
    page = await browser.submit(await begun(browser), identifier=EMAIL)
    await browser.submit(page, password=PASSWORD)
    attacker = app.browser()
    attacker.client.cookies.set(SESSION, planted, domain="localhost.local")
    assert (await attacker.get("/account", follow=False)).status_code == 303


async def test_an_attackers_own_session_in_the_victims_browser_stays_the_attackers(app: App, ada: User) -> None:
    """The attacker plants the cookie of a session of their own; the victim's sign-in neither uses nor keeps it."""
    mallory = await a_person(app, "mallory@example.org", password=PASSWORD)
    attacker = await signed_in(app, "mallory@example.org")
    victim = app.browser()
    victim.client.cookies.set(SESSION, attacker.cookie(SESSION) or "", domain="localhost.local")
    page = await victim.submit(await begun(victim), identifier=EMAIL)
    await victim.submit(page, password=PASSWORD)
    assert EMAIL in (await victim.get("/account")).text
    seen = await attacker.get("/account")
    assert EMAIL not in seen.text
    assert await sessions(app, mallory) == ()


async def test_a_browser_cookie_that_was_planted_opens_no_session_by_itself(app: App, ada: User) -> None:
    """Whoever knows the victim's browser secret can see the journey only with its handle, and has no session after it."""
    attacker = app.browser()
    await attacker.get("/sign-in")
    victim = app.browser()
    for cookie in attacker.client.cookies.jar:
        victim.client.cookies.set(cookie.name, cookie.value or "", domain="localhost.local")
    page = await victim.submit(await begun(victim), identifier=EMAIL)
    await victim.submit(page, password=PASSWORD)
    assert (await attacker.get("/account", follow=False)).status_code == 303


async def test_every_page_of_a_journey_is_private_to_the_address_bar(app: App, ada: User) -> None:
    browser, page = await identified(app)
    for one in (page, await browser.submit(page, password="wrong")):
        assert one.headers["referrer-policy"] == "no-referrer"
        assert "no-store" in one.headers["cache-control"]
        assert "frame-ancestors 'none'" in one.headers["content-security-policy"]


async def test_the_right_password_is_no_session_while_more_is_asked(app: App, ada: User) -> None:
    await ask_for_two(app)
    browser, _page = await with_password(app)
    assert browser.cookie(SESSION) is None
    for path in ("/account", "/account/security", "/account/activity"):
        assert (await browser.get(path, follow=False)).status_code == 303
    assert await sessions(app, ada) == ()
