"""A remembered device: asked once after two factors, spares the second one there, and nothing that others ask for."""

from __future__ import annotations

import httpx2
import msgspec
import pytest

from tests.plugins.devices.support import CHROME, a_browser, is_signed_in, moved, with_both, with_password
from tests.plugins.totp.test_journeys import seed_on
from xenia.clock import FrozenClock
from xenia.journeys.models import Goal, Requirement
from xenia.journeys.policy import Offers, Policy, target_acr
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App, Browser
from xenia.testing.people import a_journey
from xenia.users.models import User
from xenia_devices.service import DeviceService
from xenia_devices.settings import DevicesSettings
from xenia_totp.codes import code_at, step_of

QUESTION = "Remember this device?"


@pytest.fixture
async def seed(app: App, ada: User, clock: FrozenClock) -> str:
    """Of Ada's authenticator app, set up in another browser."""
    browser = app.browser()
    await with_password(browser)
    page = await browser.post("/account/enrol/totp", {})
    found = seed_on(page)
    await browser.submit(page, code=code_at(found, step_of(clock.now())), label="Phone")
    await app.settle()
    return found


async def remembered(app: App, seed: str, clock: FrozenClock) -> Browser:
    """Ada's browser, which she had remembered, signed out again."""
    browser = a_browser(app)
    page = await with_both(browser, seed, clock)
    assert QUESTION in page.text
    assert is_signed_in(await browser.submit(page, action=""))
    await app.settle()
    return await signed_out(browser)


async def signed_out(browser: Browser) -> Browser:
    await browser.submit(await browser.get("/sign-out"), action="")
    return browser


async def test_a_remembered_device_isn_t_asked_for_the_second_factor(app: App, seed: str, clock: FrozenClock) -> None:
    browser = await remembered(app, seed, clock)
    assert is_signed_in(await with_password(browser))


async def test_the_session_says_what_was_proven(app: App, ada: User, seed: str, clock: FrozenClock) -> None:
    browser = await remembered(app, seed, clock)
    await with_password(browser)
    newest = max(await app.kernel.sessions.of_user(app.context, ada.id), key=lambda one: one.created_at)
    assert (newest.acr, newest.amr) == ("aal1", ("pwd",))


async def test_another_browser_is_asked(app: App, seed: str, clock: FrozenClock) -> None:
    await remembered(app, seed, clock)
    assert "code" in (await with_password(a_browser(app))).text
    assert not is_signed_in(await with_password(a_browser(app)))


async def test_a_cookie_that_was_carried_off_is_asked(app: App, seed: str, clock: FrozenClock) -> None:
    browser = await remembered(app, seed, clock)
    assert not is_signed_in(await with_password(moved(browser, agent=CHROME)))


async def test_whoever_says_not_now_isn_t_asked_again_soon(app: App, seed: str, clock: FrozenClock) -> None:
    browser = a_browser(app)
    page = await with_both(browser, seed, clock)
    assert is_signed_in(await browser.submit(page, action="no"))
    await signed_out(browser)
    assert is_signed_in(await with_both(browser, seed, clock)), "both factors, no question"


async def test_nobody_is_asked_where_the_tenant_doesn_t_allow_it(app: App, seed: str, clock: FrozenClock) -> None:
    await app.kernel.config.put(app.context, DevicesSettings, DevicesSettings())
    assert is_signed_in(await with_both(a_browser(app), seed, clock))


async def test_trust_ends_when_the_tenant_takes_it_back(app: App, seed: str, clock: FrozenClock) -> None:
    browser = await remembered(app, seed, clock)
    await app.kernel.config.put(app.context, DevicesSettings, DevicesSettings())
    assert not is_signed_in(await with_password(browser))


async def test_trust_ends_when_a_way_to_sign_in_changes(
    app: App, ada: User, seed: str, clock: FrozenClock, devices: DeviceService
) -> None:
    browser = await remembered(app, seed, clock)
    await app.kernel.credentials.remove_kind(app.context, ada.id, "recovery_code")
    await app.settle()
    assert not is_signed_in(await with_password(browser))


async def test_the_step_can_t_be_reached_with_one_factor(app: App, ada: User) -> None:
    browser = a_browser(app)
    page: httpx2.Response = await with_password(browser)
    assert is_signed_in(page)
    assert QUESTION not in page.text


TRUSTED = Offers(has_second=True, trusted_device=True)


@pytest.mark.parametrize(
    ("policy", "requirement", "acr"),
    [
        (Policy(settings=SignInSettings()), Requirement(), "aal1"),
        (Policy(settings=SignInSettings(required_acr="aal2")), Requirement(), "aal1"),
        (Policy(settings=SignInSettings(), application_acr="aal2"), Requirement(), "aal2"),
        (Policy(settings=SignInSettings(), step_up_acr="aal2"), Requirement(), "aal2"),
        (Policy(settings=SignInSettings()), Requirement(acr_values=("aal2",)), "aal2"),
        (Policy(settings=SignInSettings(required_acr="phr")), Requirement(), "phr"),
    ],
)
async def test_only_what_the_person_or_the_tenant_asks_for_is_spared(
    app: App, ada: User, policy: Policy, requirement: Requirement, acr: str
) -> None:
    journey = msgspec.structs.replace(a_journey(app, ada), requirement=requirement)
    assert target_acr(journey, policy, TRUSTED) == acr


async def test_a_step_up_spares_nothing(app: App, ada: User) -> None:
    journey = a_journey(app, ada, goal=Goal.STEP_UP)
    assert target_acr(journey, Policy(settings=SignInSettings()), TRUSTED) == "aal2"
