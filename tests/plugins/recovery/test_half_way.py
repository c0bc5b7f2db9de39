"""Half way in: who has shown the first factor alone gets nowhere, by any route of the system; and no order of steps, none left out and none
repeated, makes a session. All of it is read from the running application: what a plugin adds tomorrow is tried tomorrow.
"""

from __future__ import annotations

import random
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urljoin

import httpx2
import pytest

from tests.architecture.asking import METHODS, ask, filled
from tests.architecture.running import Route, routes_of
from tests.core.journeys.world import own_session
from tests.plugins.recovery.support import code_of, with_password
from xenia.api import GuardKind, new_id
from xenia.clock import FrozenClock
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App, Browser, MakeApp, form_of
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User
from xenia_totp.codes import new_secret, step_of
from xenia_totp.service import TotpService

BASE = "/t/acme"
NAME = "Ada Quillfeather"
HANDLE = re.compile(r"/journey/(xjh_\w+)")
KEPT = (
    "users",
    "identifiers",
    "credentials",
    "grants",
    "codes",
    "access_tokens",
    "refresh_tokens",
    "settings",
    "applications",
)
EVERYTHING = {
    "action": "", "identifier": EMAIL, "password": "a guess of nine words", "code": "000000", "label": "mine", "confirm": "yes",
    "reason": "x", "hours": "1", "response_type": "code", "client_id": "shop", "grant_type": "password", "username": EMAIL,
}  # fmt: skip


@pytest.fixture
async def app(make_app: MakeApp, clock: FrozenClock) -> App:
    """Everything that is installed, in one tenant, where nobody runs out of attempts."""
    made = await make_app(clock=clock)
    await made.tenant()
    await made.tenant("system")
    await made.kernel.config.put(made.context, SignInSettings, SignInSettings(attempts=1000))
    return made


@pytest.fixture
async def seed(app: App, ada: User, clock: FrozenClock) -> str:
    """Of Ada's authenticator app."""
    secret = new_secret()
    made = TotpService(app.kernel).made(secret, step_of(clock.now() - timedelta(minutes=5)), "Phone")
    await app.kernel.credentials.add(app.context, ada.id, made)
    return secret


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD, name=NAME)


async def half_way(app: App) -> tuple[Browser, httpx2.Response]:
    """A browser after the password, before anything else."""
    browser, page = await with_password(app)
    assert 'name="code"' in page.text, page.text
    return browser, page


async def sessions(app: App) -> int:
    count: int = await app.kernel.database.fetchval("SELECT count(*) FROM sessions")
    return count


async def kept(app: App) -> dict[str, str]:
    """What must stay as it is, whatever is tried."""
    whole = "SELECT coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM {} row"
    return {table: await app.kernel.database.fetchval(whole.format(table)) for table in KEPT}


def cookies(browser: Browser) -> str:
    return "; ".join(f"{one.name}={one.value}" for one in browser.client.cookies.jar)


# -- every route, by every method


def leads_away(status: int, location: str) -> bool:
    """Whether an answer refuses, or leads to the beginning of a sign-in."""
    return status in (400, 401, 403, 404, 405) or (status == 303 and bool(re.search(r"/(sign-in|journey)", location)))


async def tried(
    app: App, browser: Browser, handle: str, route: Route, method: str
) -> tuple[int, dict[str, str], bytes]:
    """One request with the browser's cookies, and a form that has a bit of everything."""
    path = BASE + filled(route.path, handle=handle, tenant="acme")
    body = urlencode(EVERYTHING).encode() if method in ("POST", "PUT", "PATCH") else b""
    headers = {
        "accept": "text/html",
        "sec-fetch-site": "same-origin",
        "cookie": cookies(browser),
        "content-type": "application/x-www-form-urlencoded",
    }
    answer = await ask(app.front, method, path, headers, body=body)
    return answer.status, answer.headers, answer.body


async def test_with_one_factor_of_two_no_route_lets_anybody_in(app: App, seed: str) -> None:
    browser, page = await half_way(app)
    found = HANDLE.search(str(page.url))
    assert found
    before, let_in = await kept(app), []
    routes = routes_of(app.kernel)
    assert len(routes) > 100
    for route in routes:
        guarded = route.guard is None or route.guard.kind is not GuardKind.PUBLIC
        for method in METHODS:
            status, headers, body = await tried(app, browser, found[1], route, method)
            only_methods = method == "OPTIONS" and status == 204 and not body
            if guarded and not (leads_away(status, headers.get("location", "")) or only_methods):
                let_in.append((method, route.path, status))
            if status >= 500 or NAME.encode() in body:
                let_in.append((method, route.path, status))
            if "xenia-session" in headers.get("set-cookie", "") and "Max-Age=0" not in headers["set-cookie"]:
                let_in.append((method, route.path, status))
    assert let_in == []
    assert await sessions(app) == 0
    assert await kept(app) == before


# -- steps left out, in another order, repeated


def moves(app: App) -> list[dict[str, str]]:
    """Everything that a form of a journey may say, for each method, enrolment and step that is registered."""
    registry = app.kernel.registry
    names = [*registry.auth_methods.all(), *registry.enrolments.all(), *registry.steps.all()]
    chosen = [{"action": f"{verb}:{name}"} for name in names for verb in ("method", "beside")]
    plain = [
        {"action": action} for action in ("", "change", "yes", "no", "later", "never", "resend", "unable", "solved")
    ]
    return [
        *chosen,
        *plain,
        {"code": "000000"},
        {"code": "0000-0000-0000"},
        {"password": "a guess of nine words"},
        {"identifier": EMAIL},
        {"credential": "{}"},
        {"user_id": str(new_id()), "acr": "aal3", "proofs": "[]", "excused": "[]"},
    ]


async def posted(browser: Browser, page: httpx2.Response, fields: dict[str, str]) -> httpx2.Response:
    """Fields that the page needn't have, posted to where its form leads."""
    found = HANDLE.search(str(page.url))
    if found is None:
        return page
    hidden: dict[str, str] = {}
    forms = re.findall(r'name="csrf" value="([^"]*)"', page.text)
    if forms:
        hidden["csrf"] = forms[0]
    return await browser.post(f"/journey/{found[1]}", {**hidden, **fields})


async def test_no_single_step_takes_the_place_of_the_second_factor(app: App, seed: str) -> None:
    before = await kept(app)
    for move in moves(app):
        browser, page = await half_way(app)
        page = await posted(browser, page, move)
        assert page.status_code < 500, move
        assert not page.url.path.endswith("/account"), move
        assert not any(own_session(one) for one in (*page.history, page)), move
    assert await sessions(app) == 0
    assert await kept(app) == before


@pytest.mark.parametrize("number", range(12))
async def test_no_order_of_steps_makes_a_session_without_both(
    app: App, seed: str, clock: FrozenClock, number: int
) -> None:
    """Six steps of any kind; in every other run the right password is among them, else a right code."""
    dice, possible = random.Random(number), moves(app)  # the same steps in each run of the test
    for _ in range(4):
        right = {"password": PASSWORD} if number % 2 else {"code": code_of(seed, clock)}
        steps = [{"identifier": EMAIL}, *dice.choices(possible, k=5), right]
        dice.shuffle(steps)
        browser = app.browser()
        page = await browser.get(dice.choice(["/sign-in", "/recover/account"]))
        for step in steps:
            page = await posted(browser, page, step)
            assert page.status_code < 500, steps
    assert await sessions(app) == 0


async def test_a_code_before_the_password_counts_for_nothing(app: App, seed: str, clock: FrozenClock) -> None:
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    page = await posted(browser, page, {"code": code_of(seed, clock)})
    page = await posted(browser, page, {"password": PASSWORD})
    assert 'name="code"' in page.text
    assert await sessions(app) == 0


async def finished(browser: Browser, page: httpx2.Response) -> httpx2.Response:
    """On past what is only asked: a device to remember, an offer."""
    for _ in range(5):
        if page.url.path.endswith("/account"):
            return page
        page = await browser.submit(page, action="no")
    raise AssertionError(page.text)


async def test_what_was_sent_once_is_worth_nothing_again(app: App, seed: str, clock: FrozenClock) -> None:
    browser, sent = app.browser(), []
    page = await browser.get("/sign-in")
    steps: list[dict[str, str]] = [{"identifier": EMAIL}, {"password": PASSWORD}, {"code": code_of(seed, clock)}]
    for step in steps:
        action, hidden = form_of(page, step)
        sent.append((urljoin(str(page.url), action), {**hidden, **step}))
        page = await browser.submit(page, follow=True, **step)
    await finished(browser, page)
    assert await sessions(app) == 1
    await browser.post("/sign-out", {})
    copied = app.browser()
    copied.client.cookies.update({one.name: str(one.value) for one in browser.client.cookies.jar})
    for who in (browser, copied, app.browser()):
        for url, fields in (*sent, *reversed(sent)):
            answer: Any = await who.post(url, fields)
            assert not any(own_session(one) for one in (*answer.history, answer))
    live = await app.kernel.database.fetchval("SELECT count(*) FROM sessions WHERE ended_at IS NULL")
    assert live == 0
