"""Every transition has one winner, whatever is sent, however often and in whatever order."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from tests.core.journeys.world import SESSION, ask_for_two, begun, identified, own_session, sessions, with_password
from xenia.clock import FrozenClock
from xenia.testing.app import App, Browser, form_of
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User
from xenia_totp.codes import code_at, step_of

STEP = timedelta(seconds=30)
KEY = re.compile(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})")


async def enrolled(app: App, clock: FrozenClock) -> str:
    """Ada has an authenticator app; its seed."""
    browser, _ = await with_password(app)
    page = await browser.post("/account/enrol/totp", {})
    found = KEY.search(page.text)
    assert found
    seed = found[1].replace(" ", "")
    page = await browser.submit(page, code=code_at(seed, step_of(clock.now())))
    await browser.submit(page, action="")
    await browser.post("/sign-out", {})
    clock.advance(STEP)
    return seed


async def test_a_form_sent_ten_times_at_once_begins_one_session(app: App, ada: User) -> None:
    browser, page = await identified(app)
    answers = await asyncio.gather(*(browser.submit(page, follow=False, password=PASSWORD) for _ in range(10)))
    assert sum(map(own_session, answers)) == 1
    assert len(await sessions(app, ada)) == 1
    assert all(answer.status_code in (200, 303, 404, 429) for answer in answers), [a.status_code for a in answers]


async def test_the_loser_of_a_double_submit_is_led_on_to_a_page_that_works(
    app: App, ada: User, clock: FrozenClock
) -> None:
    seed = await enrolled(app, clock)
    browser, page = await identified(app)
    one, other = await asyncio.gather(*(browser.submit(page, password=PASSWORD) for _ in range(2)))
    for answer in (one, other):
        assert answer.status_code == 200
        assert 'name="code"' in answer.text
    last = max((one, other), key=lambda answer: answer.elapsed)
    code = code_at(seed, step_of(clock.now()))
    done = await browser.submit(last, code=code)
    if 'name="code"' in done.text:  # the form of the first answer: it led on to the current one
        done = await browser.submit(done, code=code)
    assert done.url.path == "/t/acme/account"


async def test_a_page_of_the_handle_before_leads_on_when_loaded_again(app: App, ada: User, clock: FrozenClock) -> None:
    seed = await enrolled(app, clock)
    browser, page = await identified(app)
    before = str(page.url)
    await browser.submit(page, password=PASSWORD)
    back = await browser.get(before)
    assert 'name="code"' in back.text
    done = await browser.submit(back, code=code_at(seed, step_of(clock.now())))
    assert done.url.path == "/t/acme/account"


async def test_one_code_of_an_app_opens_one_of_fifty_journeys(app: App, ada: User, clock: FrozenClock) -> None:
    seed = await enrolled(app, clock)
    ways = [await with_password(app) for _ in range(4)]
    code = code_at(seed, step_of(clock.now()))
    answers = await asyncio.gather(*(browser.submit(page, follow=False, code=code) for browser, page in ways))
    assert sum(map(own_session, answers)) == 1
    assert {answer.status_code for answer in answers} <= {303, 422, 429}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"action": ""},
        {"action": "finish"},
        {"action": "method:"},
        {"action": "method:totp"},
        {"action": "method:recovery_code"},
        {"action": "method:nothing"},
        {"action": "enrol:totp"},
        {"action": "skip"},
        {"action": "step:done"},
        {"action": "change" * 1000},
        {"code": "000000"},
        {"identifier": "", "password": "wrong"},
        {"user_id": "1", "verified": "true", "proofs": "[]", "acr": "aal3", "step": "session"},
        {"session": "true", "goal": "step_up", "method": "totp", "done": "password"},
        {"csrf": "x", "handle": "x", "version": "9", "journey": "x"},
    ],
)
async def test_nothing_invented_by_a_client_begins_a_session(app: App, ada: User, form: dict[str, str]) -> None:
    browser = app.browser()
    first = await begun(browser)
    pages = [first, await browser.submit(first, identifier=EMAIL)]
    for page in pages:
        answer = await browser.post(str(page.url), form)
        assert answer.status_code < 500, answer.text
        assert not own_session(answer)
    assert browser.cookie(SESSION) is None
    assert await sessions(app, ada) == ()


async def test_a_password_for_nobody_identified_is_never_looked_at(app: App, ada: User) -> None:
    browser = app.browser()
    page = await begun(browser)
    answer = await browser.post(str(page.url), {"password": PASSWORD, "identifier": "", "who": EMAIL})
    assert answer.status_code == 422
    assert await sessions(app, ada) == ()


async def test_a_proof_of_one_person_is_forgotten_with_the_address(app: App, ada: User, clock: FrozenClock) -> None:
    await a_person(app, "eve@example.org", password="eve has her own words")
    await ask_for_two(app)
    browser, page = await with_password(app, "eve@example.org", "eve has her own words")
    page = await browser.post(form_of(page, {"code": ""})[0], {"action": "change"})
    page = await browser.submit(page, identifier=EMAIL)
    assert 'name="password"' in page.text
    assert await sessions(app, ada) == ()


async def test_the_identifier_is_asked_once_and_later_ones_are_ignored(app: App, ada: User) -> None:
    await a_person(app, "eve@example.org", password="eve has her own words")
    browser, page = await identified(app)
    answer = await browser.post(
        str(page.url), {"identifier": "eve@example.org", "password": "eve has her own words"}, follow=False
    )
    assert answer.status_code == 422
    assert not own_session(answer)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"password": null}',
        b'{"password": ["' + PASSWORD.encode() + b'"]}',
        b'{"password": {"$ne": ""}}',
        b'{"password": true}',
        b'{"action": 1}',
        b"\xff\xfe",
        b'{"a":' * 2000,
    ],
)
async def test_json_that_is_no_object_of_texts_is_refused(app: App, ada: User, body: bytes) -> None:
    browser, page = await identified(app)
    answer = await browser.client.post(
        str(page.url), content=body, headers={"content-type": "application/json", "accept": "application/json"}
    )
    assert 400 <= answer.status_code < 500, answer.text
    assert not own_session(answer)
    assert await sessions(app, ada) == ()


async def test_a_field_given_twice_or_as_a_file_is_refused(app: App, ada: User) -> None:
    browser, page = await identified(app)
    form = {"content-type": "application/x-www-form-urlencoded"}
    twice = await browser.client.post(str(page.url), content="password=a&password=b", headers=form)
    assert twice.status_code == 400
    file = await browser.client.post(str(page.url), files={"password": ("x", b"y")})
    assert file.status_code == 400
    many = await browser.client.post(str(page.url), content="&".join(f"f{i}=1" for i in range(500)), headers=form)
    assert many.status_code == 400


async def test_a_native_application_takes_the_same_way_in_json(app: App, ada: User) -> None:
    browser = app.browser()
    browser.client.headers["accept"] = "application/json"
    first = (await browser.get("/sign-in")).json()
    assert first["view"]["step"] == "identify"
    second = await say(browser, first, identifier=EMAIL)
    assert [field["name"] for field in second["view"]["fields"]] == ["password"]
    wrong = await say(browser, second, password="wrong")
    assert wrong["view"]["errors"]["password"]
    done = await browser.client.post(f"http://localhost:8000{wrong['action']}", json={"password": PASSWORD})
    assert done.status_code == 303
    assert own_session(done)
    assert len(await sessions(app, ada)) == 1


async def say(browser: Browser, view: dict[str, Any], **fields: str) -> dict[str, Any]:
    """Send fields as JSON; the next view."""
    answer: httpx2.Response = await browser.client.post(f"http://localhost:8000{view['action']}", json=fields)
    return dict(answer.json())
