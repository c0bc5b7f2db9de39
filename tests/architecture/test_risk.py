"""A plugin that weighs the risk signals of all plugins and decides about sign-ins needs nothing but the public API."""

from __future__ import annotations

import httpx2
import pytest

import xenia_password
import xenia_totp
import xenia_web
from tests.architecture.skeletons import xenia_risk
from tests.architecture.tiny import plugin
from xenia.api import (
    Context,
    EventQuery,
    LoginAttempt,
    Observation,
    SignInSettings,
    User,
    Verdict,
    literal,
)
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.people import EMAIL, PASSWORD, a_person


class Weather:
    """A signal of another plugin, as a test wants it."""

    name = "weather"

    def __init__(self) -> None:
        self.score = 0.0
        self.asked: list[LoginAttempt] = []

    async def observe(self, context: Context, attempt: LoginAttempt) -> Observation | None:
        self.asked.append(attempt)
        return Observation(score=self.score, reason=literal("Rain"), facts={"rain": True}) if self.score else None


@pytest.fixture
def weather() -> Weather:
    return Weather()


@pytest.fixture
async def app(make_app: MakeApp, weather: Weather) -> App:
    modules = (xenia_password, xenia_totp, xenia_web, xenia_risk)
    other = plugin("weather", {"register_risk_signals": lambda: [weather]})
    made = await make_app([*map(plugin_of, modules), other])
    await made.tenant()
    await made.kernel.config.put(made.context, SignInSettings, SignInSettings(verified_email=False))
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD)


async def sign_in(app: App, **headers: str) -> tuple[Browser, httpx2.Response]:
    browser = app.browser(**headers)
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    return browser, await browser.submit(page, password=PASSWORD)


async def decisions(app: App) -> list[dict[str, object]]:
    """What was written down, oldest first."""
    page = await app.kernel.events.list(app.context, EventQuery(types=("risk.decided",)))
    return [event.data for event in reversed(page.events)]


async def test_a_sign_in_as_always_is_let_in_and_written_down(app: App, ada: User, weather: Weather) -> None:
    _, page = await sign_in(app)
    assert page.url.path == "/t/acme/account"
    [decision] = await decisions(app)
    assert (decision["verdict"], decision["signals"]) == (Verdict.ALLOW, {})
    [attempt] = weather.asked
    assert decision["journey"] == str(attempt.journey)


async def test_a_signal_of_any_plugin_asks_for_more(app: App, ada: User, weather: Weather) -> None:
    weather.score = 0.7
    _, page = await sign_in(app)
    assert page.status_code == 403, "nothing is there to show more with, and a doubt is no occasion to set it up"
    assert await app.kernel.sessions.of_user(app.context, ada.id) == ()
    [decision] = await decisions(app)
    assert decision["verdict"] == Verdict.STEP_UP
    assert decision["signals"] == {
        "weather": {
            "score": 0.7,
            "reason": {"id": "literal", "values": {"words": "Rain"}},
            "facts": {"rain": True},
        }
    }


async def test_why_more_was_asked_for_is_in_the_audit(app: App, ada: User, weather: Weather) -> None:
    weather.score = 0.7
    await sign_in(app)
    page = await app.kernel.events.list(app.context, EventQuery(types=("journey.stepped_up",)))
    assert [event.data for event in page.events] == [{"reason": "weather", "acr": "aal2"}]


async def test_the_worst_signal_denies_with_its_reasons(app: App, ada: User, weather: Weather) -> None:
    weather.score = 0.95
    _, page = await sign_in(app)
    assert page.status_code == 403
    refused = await app.kernel.events.list(app.context, EventQuery(types=("journey.denied",)))
    assert [event.data["reason"] for event in refused.events] == ["weather"]


async def test_signals_of_one_plugin_add_to_those_of_another(app: App, ada: User, weather: Weather) -> None:
    await sign_in(app, **{"user-agent": "Known/1"})
    weather.score = 0.3
    _, page = await sign_in(app, **{"user-agent": "Other/2"})
    assert page.status_code == 403
    signals = (await decisions(app))[-1]["signals"]
    assert isinstance(signals, dict)
    assert sorted(signals) == ["new_device", "weather"]


async def test_a_signal_whose_plugin_is_off_is_not_read(app: App, ada: User, weather: Weather) -> None:
    weather.score = 1.0
    await app.kernel.tenants.change(app.context, "acme", plugins=frozenset({"password", "totp", "risk"}))
    _, page = await sign_in(app)
    assert page.url.path == "/t/acme/account"
    assert weather.asked == []


async def test_the_decider_knows_the_roles_of_the_person(app: App, ada: User, weather: Weather) -> None:
    await app.kernel.users.set_roles(app.context, ada.id, ("treasurer",))
    await sign_in(app)
    assert weather.asked[0].roles == ("treasurer",)


async def test_a_signal_that_fails_asks_for_more(app: App, ada: User, weather: Weather) -> None:
    async def away(context: Context, attempt: LoginAttempt) -> Observation | None:
        raise ConnectionError("no forecast")

    weather.observe = away  # type: ignore[method-assign]  # the failure of a test
    _, page = await sign_in(app)
    assert "otpauth" in page.text
