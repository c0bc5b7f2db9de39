"""Signing in by an approval: what goes on, and what doesn't."""

from __future__ import annotations

import asyncio

import pytest
from joserfc.jwk import OKPKey

from tests.plugins.push.phone import (
    Phone,
    a_browser,
    another,
    enrolled,
    is_signed_in,
    later,
    number_on,
    onward,
    registered,
    waiting_on,
    with_password,
)
from xenia.testing.app import App
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User
from xenia_push.settings import PushSettings

GRACE = "grace@example.org"


async def test_a_sign_in_goes_on_when_its_number_was_typed_into_the_app(app: App, ada: User, phone: Phone) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    assert (await phone.approve(page)).json() == {"result": "approved"}
    assert is_signed_in(await onward(browser, page))
    sessions = await app.kernel.sessions.of_user(app.context, ada.id)
    assert ("aal2", ("pwd", "pop", "mca", "mfa")) in {(one.acr, one.amr) for one in sessions}


async def test_an_ed25519_key_does_as_well(app: App, ada: User) -> None:
    phone = await enrolled(app, key=OKPKey.generate_key("Ed25519"))
    browser = a_browser(app)
    page = await with_password(browser)
    await phone.approve(page)
    assert is_signed_in(await onward(browser, page))


async def test_the_app_learns_where_to_and_from_where_but_no_number(app: App, phone: Phone) -> None:
    page = await with_password(a_browser(app))
    [request] = await phone.asked()
    assert request.keys() == {"id", "nonce", "expires_in", "application", "network", "browser", "at"}
    assert (request["application"], request["network"]) == ("Acme Stores", "203.0.113.5")
    assert request["browser"] == "Firefox/Linux"
    assert number_on(page) not in (request["expires_in"], request["nonce"])
    assert 100 < request["expires_in"] <= 120


async def test_before_an_answer_the_page_waits_and_says_so(app: App, phone: Phone) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    again = await onward(browser, page)
    assert again.status_code == 422
    assert number_on(again) == number_on(page)
    assert number_on(await browser.get(str(page.url))) == number_on(page), (
        "a page that is loaded again asks nobody again"
    )
    assert len(await phone.asked()) == 1


@pytest.mark.parametrize("said", ["wrong", "deny", "report", "nothing"])
async def test_however_a_request_ends_the_page_is_the_same(app: App, phone: Phone, said: str) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    [request] = await phone.asked()
    if said == "wrong":
        assert (await phone.answer(request, another(number_on(page)))).json() == {"result": "wrong_number"}
    elif said != "nothing":
        answer = await phone.answer(request, number_on(page), decision="deny", report=said == "report")
        assert answer.json() == {"result": "denied"}
    await later(app, "2 minutes")
    shown = await onward(browser, page)
    assert shown.status_code == 200
    assert "This request is over" in shown.text
    assert "It was not approved. Send a new one, or choose another way." in shown.text
    assert (await phone.answer(request, number_on(page))).status_code == 404, "what is over stays so"
    assert not is_signed_in(await onward(browser, shown, action="again"))


async def test_the_page_is_told_that_a_request_is_over_but_not_how(app: App, phone: Phone) -> None:
    told = []
    for right in (True, False):
        browser = a_browser(app)
        page = await with_password(browser)
        asking = waiting_on(page)
        waiting = await browser.get(asking)
        assert (waiting.status_code, waiting.headers.get("hx-trigger")) == (204, None)
        number = number_on(page)
        await phone.answer((await phone.asked())[0], number if right else another(number))
        over = await browser.get(asking)
        told.append((over.status_code, over.headers["hx-trigger"], over.content))
        await later(app, "10 minutes")
    assert told == [(204, "push-over", b"")] * 2


async def test_only_the_page_of_a_request_may_ask_whether_it_is_over(app: App, phone: Phone) -> None:
    browser = a_browser(app)
    asking = waiting_on(await with_password(browser))
    assert (await browser.get(asking[:-1] + ("0" if asking[-1] != "0" else "1"))).status_code == 404
    assert (await browser.get(asking.rpartition("/")[0] + "/")).status_code == 404
    assert (await browser.get("/push/waiting/nothing/nothing")).status_code == 404


async def test_a_request_is_answered_once_by_one_of_fifty(app: App, phone: Phone) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    [request] = await phone.asked()
    messages = [phone.device.answer(request, number_on(page)) for _ in range(50)]
    answers = await asyncio.gather(*(phone.post("/push/answers", one) for one in messages))
    assert sorted(one.status_code for one in answers) == [200] + [404] * 49
    assert is_signed_in(await onward(browser, page))


async def test_of_fifty_yes_and_no_the_first_counts(app: App, phone: Phone) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    [request] = await phone.asked()
    said = [
        phone.device.answer(request, number_on(page), decision="approve" if turn % 2 else "deny") for turn in range(50)
    ]
    answers = await asyncio.gather(*(phone.post("/push/answers", one) for one in said))
    [won] = [one.json()["result"] for one in answers if one.status_code == 200]
    assert is_signed_in(await onward(browser, page)) == (won == "approved")


async def test_an_approval_is_used_by_one_of_many_posts(app: App, ada: User, phone: Phone) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    await phone.approve(page)
    before = len(await app.kernel.sessions.of_user(app.context, ada.id))
    await asyncio.gather(*(onward(browser, page) for _ in range(10)))
    assert len(await app.kernel.sessions.of_user(app.context, ada.id)) == before + 1


async def test_an_approval_of_another_journey_helps_nobody(app: App, phone: Phone) -> None:
    """The owner's own sign-in was approved; a stranger with the password waits beside it, and then alone."""
    owner, stranger = a_browser(app), a_browser(app)
    mine = await with_password(owner)
    theirs = await with_password(stranger)
    assert "No request can be sent now" in theirs.text
    await phone.approve(mine)
    assert not is_signed_in(await onward(stranger, theirs, action="again"))
    assert not is_signed_in(await onward(stranger, await stranger.get(str(theirs.url)), action="again"))
    assert is_signed_in(await onward(owner, mine))


async def test_another_persons_device_approves_nothing(app: App, phone: Phone) -> None:
    await a_person(app, GRACE, password=PASSWORD)
    hers = await enrolled(app, GRACE)
    browser = a_browser(app)
    page = await with_password(browser)
    [request] = await phone.asked()
    assert await hers.asked() == []
    assert (await hers.answer(request, number_on(page))).status_code == 404
    assert not is_signed_in(await onward(browser, page))


async def test_another_tenants_device_is_no_device_here(app: App, phone: Phone) -> None:
    await app.tenant("globex")
    message = phone.device.signed("push-list+jwt", aud=phone.device.issuer.replace("acme", "globex"))
    phone.device.issuer = phone.device.issuer.replace("acme", "globex")
    assert (await phone.post("/push/challenges", message)).status_code == 403


async def test_a_device_that_was_removed_after_it_approved_approved_nothing(app: App, ada: User, phone: Phone) -> None:
    second = await enrolled_beside(app, phone)
    browser = a_browser(app)
    await later(app, "10 minutes")
    page = await with_password(browser)
    await second.approve(page)
    newest = (await app.kernel.credentials.of_user(app.context, ada.id, "push_device"))[-1]
    assert await app.kernel.credentials.remove(app.context, ada.id, newest.id)
    assert not is_signed_in(await onward(browser, page))
    assert (await second.post("/push/challenges", second.device.signed("push-list+jwt"))).status_code == 403


async def enrolled_beside(app: App, phone: Phone) -> Phone:
    """A second device, added by who signed in with the first."""
    browser = a_browser(app)
    page = await with_password(browser)
    await phone.approve(page)
    assert is_signed_in(await onward(browser, page))
    page = await browser.post("/account/enrol/push", {})
    second, number = await registered(app, page)
    await browser.submit(page, number=number)
    return second


async def test_nobody_is_asked_before_a_first_proof_and_never_without_a_device(app: App, ada: User) -> None:
    browser = a_browser(app)
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    assert "method:push" not in page.text
    assert is_signed_in(await browser.submit(page, password=PASSWORD)), "who has no device needs none"


async def test_as_a_first_proof_it_tells_nothing_of_an_account(app: App, phone: Phone) -> None:
    await app.kernel.config.put(app.context, PushSettings, PushSettings(first=True))
    shown = []
    for email in (EMAIL, "eve@example.org"):
        browser = a_browser(app)
        page = await browser.submit(await browser.get("/sign-in"), identifier=email)
        page = await browser.submit(page, action="method:push")
        number_on(page)
        shown.append((page.status_code, (await onward(browser, page)).status_code, len(page.text)))
    assert shown[0] == shown[1]
    browser = a_browser(app)
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    assert "No request can be sent now" in (await browser.submit(page, action="method:push")).text


async def test_as_a_first_proof_it_is_one_factor(app: App, ada: User, phone: Phone) -> None:
    await app.kernel.config.put(app.context, PushSettings, PushSettings(first=True))
    browser = a_browser(app)
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    page = await browser.submit(page, action="method:push")
    await phone.approve(page)
    page = await onward(browser, page)
    assert 'name="password"' in page.text, "a second factor is asked for"
    assert is_signed_in(await browser.submit(page, password=PASSWORD))


async def test_a_report_is_an_event_and_a_mail(app: App, ada: User, phone: Phone, mailbox: Mailbox) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    await phone.answer((await phone.asked())[0], decision="deny", report=True)
    await app.settle()
    kinds = await app.kernel.database.fetch("SELECT type, data FROM events WHERE type LIKE 'push.%'")
    assert [one["type"] for one in kinds] == ["push.reported"]
    assert str(ada.id) in str(kinds[0]["data"])
    assert "You reported a sign-in that wasn’t yours" in [one.subject for one in mailbox.to(EMAIL)]
    shown = await onward(browser, await onward(browser, page), action="again")
    assert "No request can be sent now" in shown.text or shown.status_code == 422


async def test_the_pages_are_there_in_german(app: App, phone: Phone) -> None:
    browser = a_browser(app)
    browser.client.headers["accept-language"] = "de"
    page = await with_password(browser)
    assert "Geben Sie die Anmeldung in der App frei" in page.text
    await phone.answer((await phone.asked())[0], "00")
    assert "Diese Anfrage ist vorbei" in (await onward(browser, page)).text


async def test_a_program_gets_the_same_step_as_json(app: App, phone: Phone) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    page = await browser.get(str(page.url))
    told = await browser.get(str(page.url), headers={"accept": "application/json"})
    assert told.json()["view"]["data"]["number"] == number_on(page)
