"""What a policy asks for and nobody can give ends in a refusal, never in a weaker sign-in."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

import xenia_api
import xenia_mail
import xenia_password
import xenia_totp
import xenia_web
from tests.architecture.tiny import implementation, plugin
from xenia.api import Application, Factor, LoginDecision, NewCredential, SignInSettings, User, Verdict, text
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import TENANT, App, Browser, MakeApp
from xenia.testing.people import EMAIL, PASSWORD, a_person

MODULES = (xenia_api, xenia_mail, xenia_password, xenia_totp, xenia_web)
EVERY = frozenset({"api", "mail", "password", "totp", "web"})


class Broken:
    """A second factor whose every word is an exception."""

    name = "broken"
    factors = frozenset({Factor.POSSESSION})
    amr = ("otp",)
    primary = False
    label = text("journey.continue")
    icon = "key"

    def __init__(self, *, says_available: bool) -> None:
        self._says_available = says_available

    async def available(self, context: Any, journey: Any) -> bool:
        if not self._says_available:
            raise RuntimeError("broken")
        return True

    async def begin(self, context: Any, journey: Any) -> Any:
        raise RuntimeError("broken")

    async def complete(self, context: Any, journey: Any, form: Any) -> Any:
        raise RuntimeError("broken")


async def made(make_app: MakeApp, *more: Any, on: frozenset[str] = EVERY) -> App:
    app = await make_app([*(plugin_of(module) for module in MODULES), *more])
    await app.tenant(plugins=tuple(on | {each.name for each in more}))
    return app


@pytest.fixture
async def app(make_app: MakeApp) -> App:
    return await made(make_app)


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD)


async def requires(app: App, acr: str) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr=acr, verified_email=False))


async def with_password(app: App) -> tuple[Browser, httpx2.Response]:
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    return browser, await browser.submit(page, password=PASSWORD)


async def refused(app: App, user: User, browser: Browser, page: httpx2.Response) -> None:
    """No session, no cookie of one, and a page that is no account."""
    assert page.status_code >= 400, page.text
    assert await app.kernel.sessions.of_user(app.context, user.id) == ()
    assert browser.cookie(f"xenia-session-{TENANT}") is None
    account = await browser.get("/account", follow=False)
    assert account.status_code == 303
    assert "/account" not in account.headers["location"]


async def test_the_right_password_is_enough_where_nothing_more_is_asked_for(app: App, ada: User) -> None:
    _, page = await with_password(app)
    assert page.status_code == 200
    assert len(await app.kernel.sessions.of_user(app.context, ada.id)) == 1


async def test_a_policy_whose_plugin_is_off_refuses(app: App, ada: User) -> None:
    await requires(app, "aal2")
    await app.kernel.tenants.change(app.context, TENANT, plugins=EVERY - {"totp"})
    await refused(app, ada, *await with_password(app))


async def test_a_policy_whose_plugin_is_not_installed_refuses(make_app: MakeApp) -> None:
    app = await make_app([plugin_of(xenia_password), plugin_of(xenia_web)])
    await app.tenant()
    user = await a_person(app, password=PASSWORD)
    await requires(app, "aal2")
    await refused(app, user, *await with_password(app))


@pytest.mark.parametrize("acr", ["aal3", "phr", "gold"])
async def test_a_level_that_nobody_reaches_refuses(app: App, ada: User, acr: str) -> None:
    await requires(app, acr)
    await refused(app, ada, *await with_password(app))


async def test_who_enrolled_a_second_factor_is_not_let_in_without_it(app: App, ada: User) -> None:
    """Not even where the policy asks for one factor: switching a plugin off must not take a person's protection away."""
    credential = NewCredential(plugin="totp", kind="totp", data=b"JBSWY3DPEHPK3PXP", second=True)
    await app.kernel.credentials.add(app.context, ada.id, credential)
    await app.kernel.tenants.change(app.context, TENANT, plugins=EVERY - {"totp"})
    await refused(app, ada, *await with_password(app))


async def test_the_policy_of_one_application_is_kept_too(app: App, ada: User) -> None:
    await app.kernel.applications.put(
        app.context, Application(tenant=TENANT, id="bank", title="Bank", required_acr="aal2")
    )
    found = await app.kernel.applications.get(app.context, "bank")
    assert found is not None
    assert found.required_acr == "aal2"


@pytest.mark.parametrize("says_available", [False, True])
async def test_a_method_that_is_broken_is_no_way_in(make_app: MakeApp, says_available: bool) -> None:
    method = Broken(says_available=says_available)
    app = await made(make_app, plugin("broken", {"register_auth_methods": lambda: [method]}), on=EVERY - {"totp"})
    user = await a_person(app, password=PASSWORD)
    await requires(app, "aal2")
    await refused(app, user, *await with_password(app))


@pytest.mark.parametrize(
    ("hook", "answer"),
    [
        ("authorize_login", LoginDecision(verdict=Verdict.DENY, reason="no")),
        ("authorize_login", LoginDecision(verdict=Verdict.STEP_UP, reason="no", acr="aal3")),
        ("authorize_login", None),
        ("plan_journey", None),
        ("shape_session", None),
    ],
)
async def test_a_decision_that_denies_or_fails_is_no_way_in(make_app: MakeApp, hook: str, answer: Any) -> None:
    """``None`` stands for a failure here: the plugin raises."""

    def says(_given: dict[str, Any]) -> Any:
        if answer is None:
            raise RuntimeError("broken")
        return answer

    app = await made(make_app, plugin("guard", {hook: implementation(hook, says)}), on=EVERY - {"totp"})
    user = await a_person(app, password=PASSWORD)
    await refused(app, user, *await with_password(app))


async def test_without_mail_nobody_signs_up_where_addresses_must_be_verified(app: App) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(verified_email=True))
    await app.kernel.tenants.change(app.context, TENANT, plugins=EVERY - {"mail"})
    browser = app.browser()
    page = await browser.get("/sign-up")
    if page.status_code == 200:
        page = await browser.submit(page, identifier="new@acme.example")
        page = await browser.submit(page, password=PASSWORD)
    assert page.status_code >= 400
    assert browser.cookie(f"xenia-session-{TENANT}") is None
    assert await app.kernel.database.fetchval("SELECT count(*) FROM users") == 0


async def test_a_journey_that_began_before_the_switch_is_refused_after_it(app: App, ada: User) -> None:
    await requires(app, "aal2")
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    await app.kernel.tenants.change(app.context, TENANT, plugins=EVERY - {"totp"})
    await refused(app, ada, browser, await browser.submit(page, password=PASSWORD))


async def test_the_way_in_that_is_switched_off_is_gone(app: App, ada: User) -> None:
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    await app.kernel.tenants.change(app.context, TENANT, plugins=EVERY - {"password"})
    await refused(app, ada, browser, await browser.submit(page, password=PASSWORD))


async def test_the_switch_says_how_many_people_it_affects(app: App, ada: User) -> None:
    await a_person(app, "grace@example.org", password=PASSWORD)
    credential = NewCredential(plugin="totp", kind="totp", data=b"seed", second=True)
    await app.kernel.credentials.add(app.context, ada.id, credential)
    assert await app.kernel.credentials.count_users(app.context, "totp") == 1
    assert await app.kernel.credentials.count_users(app.context, "password") == 2
    assert await app.kernel.credentials.count_users(app.context, "passkeys") == 0


async def test_switching_off_deletes_nothing_and_back_on_it_is_asked_for_again(app: App, ada: User) -> None:
    credential = NewCredential(plugin="totp", kind="totp", data=b"JBSWY3DPEHPK3PXP", second=True)
    await app.kernel.credentials.add(app.context, ada.id, credential)
    await app.kernel.tenants.change(app.context, TENANT, plugins=EVERY - {"totp"})
    await app.kernel.tenants.change(app.context, TENANT, plugins=EVERY)
    _, page = await with_password(app)
    assert page.status_code == 200
    assert 'autocomplete="one-time-code"' in page.text
    assert await app.kernel.sessions.of_user(app.context, ada.id) == ()
