"""What a protocol may ask of a sign-in: another one, a recent one, a strong one, a certain person's, or none that is seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from litestar.connection import Request
from litestar.response import Response

from tests.core.journeys.test_transitions import enrolled
from tests.core.journeys.world import SESSION, sessions, signed_in
from xenia.clock import FrozenClock
from xenia.http.cookies import Kind, read_cookie
from xenia.journeys.models import Outcome, Requirement, Resume
from xenia.sessions.models import Session
from xenia.testing.app import App, Browser
from xenia.testing.people import PASSWORD
from xenia.users.models import User
from xenia_totp.codes import code_at, step_of

BACK = Resume("page", {"path": "/account/security"})


async def required(app: App, browser: Browser, requirement: Requirement) -> Session | Response[Any] | Outcome:
    """What a protocol's endpoint would be given for this browser."""
    tenant = await app.kernel.tenants.get("acme")
    assert tenant
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.client.cookies.jar).encode()
    state = {
        "tenant": tenant, "base": "/t/acme", "browser": read_cookie(cookies, Kind.BROWSER, tenant), "session": None, "cookies": [],
        "context": msgspec.structs.replace(app.context), "request_id": "x",
    }  # fmt: skip
    scope: Any = {
        "type": "http",
        "method": "GET",
        "path": "/x",
        "headers": [(b"cookie", cookies)],
        "query_string": b"",
        "state": state,
    }
    request: Request[Any, Any, Any] = Request(scope)
    return await app.kernel.journeys.require(request, requirement, BACK)


def path_of(answer: object) -> str:
    """Where a redirect leads."""
    assert isinstance(answer, Response), answer
    return str(answer.headers["Location"])


async def test_whoever_is_signed_in_is_enough_by_default(app: App, ada: User) -> None:
    found = await required(app, await signed_in(app), Requirement())
    assert isinstance(found, Session)
    assert found.user_id == ada.id


@pytest.mark.parametrize(
    "requirement",
    [
        Requirement(login=True),
        Requirement(max_age=0),
        Requirement(acr_values=("aal2",), acr_essential=True),
        Requirement(acr_values=("aal3",), acr_essential=True),
        Requirement(acr_values=("urn:unknown",), acr_essential=True),
        Requirement(user_id=uuid4()),
        Requirement(sign_up=True),
    ],
)
async def test_a_session_that_is_not_enough_leads_into_a_journey(
    app: App, ada: User, clock: FrozenClock, requirement: Requirement
) -> None:
    browser = await signed_in(app)
    clock.advance(timedelta(seconds=60))
    assert "/journey/" in path_of(await required(app, browser, requirement))
    silent = msgspec.structs.replace(requirement, interactive=False)
    assert await required(app, browser, silent) is Outcome.LOGIN_REQUIRED


async def test_nobody_signed_in_is_told_silently_or_led_in(app: App, ada: User) -> None:
    browser = app.browser()
    await browser.get("/sign-in")
    assert await required(app, browser, Requirement(interactive=False)) is Outcome.LOGIN_REQUIRED
    assert "/journey/" in path_of(await required(app, browser, Requirement()))


async def test_a_recent_session_is_enough_and_an_old_one_is_not(app: App, ada: User, clock: FrozenClock) -> None:
    browser = await signed_in(app)
    assert isinstance(await required(app, browser, Requirement(max_age=3600)), Session)
    clock.advance(timedelta(seconds=3700))
    page = await browser.get(path_of(await required(app, browser, Requirement(max_age=3600))))
    assert 'name="password"' in page.text


async def test_a_voluntary_wish_for_more_is_satisfied_by_less(app: App, ada: User) -> None:
    assert isinstance(await required(app, await signed_in(app), Requirement(acr_values=("aal2",))), Session)


async def test_a_step_up_asks_for_the_missing_factor_alone_and_changes_the_secret(
    app: App, ada: User, clock: FrozenClock
) -> None:
    browser = await signed_in(app)
    page = await browser.post("/account/enrol/totp", {})
    del page
    essential = Requirement(acr_values=("aal2",), acr_essential=True)
    before = browser.cookie(SESSION)
    page = await browser.get(path_of(await required(app, browser, essential)))
    assert 'name="password"' not in page.text
    assert "otpauth" in page.text  # nothing is there yet: it is set up on the way
    assert browser.cookie(SESSION) == before


async def test_the_secret_of_a_session_changes_at_a_step_up_and_its_id_does_not(
    app: App, ada: User, clock: FrozenClock
) -> None:
    seed = await enrolled(app, clock)
    [*_] = await sessions(app, ada)
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=str(ada.email))
    page = await browser.submit(page, password=PASSWORD)
    await browser.submit(page, code=code_at(seed, step_of(clock.now())))
    [first] = await sessions(app, ada)
    before = browser.cookie(SESSION)
    clock.advance(timedelta(seconds=60))
    page = await browser.get(path_of(await required(app, browser, Requirement(login=True))))
    page = await browser.submit(page, password=PASSWORD)
    done = await browser.submit(page, code=code_at(seed, step_of(clock.now())))
    assert done.url.path == "/t/acme/account/security"
    assert browser.cookie(SESSION) != before
    assert [one.id for one in await sessions(app, ada)] == [first.id]
    thief = app.browser()
    thief.client.cookies.set(SESSION, before or "", domain="localhost.local")
    assert (await thief.get("/account", follow=False)).status_code == 303


async def test_what_nobody_can_reach_is_refused_and_the_session_stays(app: App, ada: User) -> None:
    browser = await signed_in(app)
    answer = await required(app, browser, Requirement(acr_values=("urn:unknown",), acr_essential=True))
    page = await browser.get(path_of(answer))
    assert page.status_code == 403
    assert len(await sessions(app, ada)) == 1


async def an_application(app: App, required_acr: str) -> Requirement:
    """What an application asks for that wants this assurance of everybody."""
    insert = "INSERT INTO applications (tenant_id, id, title, required_acr) VALUES ('acme', 'vault', 'Vault', $1)"
    await app.kernel.database.execute(insert, required_acr)
    return Requirement(application="vault")


async def test_an_application_that_wants_more_asks_for_the_missing_factor(
    app: App, ada: User, clock: FrozenClock
) -> None:
    browser, vault = await signed_in(app), await an_application(app, "aal2")
    assert isinstance(await required(app, browser, Requirement()), Session)
    silent = msgspec.structs.replace(vault, interactive=False)
    assert await required(app, browser, silent) is Outcome.LOGIN_REQUIRED
    page = await browser.get(path_of(await required(app, browser, vault)))
    assert "otpauth" in page.text
    assert [one.acr for one in await sessions(app, ada)] == ["aal1"]


async def test_whoever_has_shown_what_an_application_wants_is_let_in(app: App, ada: User, clock: FrozenClock) -> None:
    seed, vault = await enrolled(app, clock), await an_application(app, "aal2")
    browser = app.browser()
    await browser.get("/sign-in")
    page = await browser.get(path_of(await required(app, browser, vault)))
    page = await browser.submit(await browser.submit(page, identifier=str(ada.email)), password=PASSWORD)
    assert await required(app, browser, msgspec.structs.replace(vault, interactive=False)) is Outcome.LOGIN_REQUIRED
    await browser.submit(page, code=code_at(seed, step_of(clock.now())))
    assert isinstance(await required(app, browser, vault), Session)


@pytest.mark.parametrize("acr", ["aal3", "urn:unknown"])
async def test_what_an_application_wants_and_nobody_can_show_is_a_clear_refusal(
    app: App, ada: User, clock: FrozenClock, acr: str
) -> None:
    browser, vault = await signed_in(app), await an_application(app, acr)
    page = await browser.get(path_of(await required(app, browser, vault)))
    assert page.status_code == 403
    assert [one.acr for one in await sessions(app, ada)] == ["aal1"]
    assert await required(app, browser, msgspec.structs.replace(vault, interactive=False)) is Outcome.LOGIN_REQUIRED


async def test_an_application_that_wants_more_is_refused_where_no_plugin_can_show_it(app: App, ada: User) -> None:
    vault = await an_application(app, "aal2")
    await app.kernel.tenants.switch_off(app.context, "acme", "totp")
    browser = app.browser()
    await browser.get("/sign-in")
    page = await browser.get(path_of(await required(app, browser, vault)))
    page = await browser.submit(await browser.submit(page, identifier=str(ada.email)), password=PASSWORD)
    assert page.status_code == 403
    assert await sessions(app, ada) == ()
