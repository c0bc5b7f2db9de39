"""What plugins decide about a sign-in: deny beats step-up beats allow, and whatever goes wrong opens no door."""

from __future__ import annotations

import asyncio
from unittest.mock import AsyncMock, Mock

import msgspec
import pytest

import xenia_password
import xenia_totp
import xenia_web
from tests.architecture import tiny
from tests.core.journeys.test_transitions import enrolled
from tests.core.journeys.world import Decider, own_session, sessions, with_password
from xenia.clock import FrozenClock
from xenia.journeys.models import Goal, LoginAttempt, LoginDecision, Verdict
from xenia.messages import literal, text
from xenia.plugin import hooks
from xenia.plugin.hooks import Hooks
from xenia.plugin.manifest import plugin_of
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App, MakeApp
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User
from xenia_totp.codes import code_at, step_of


def saying(verdict: Verdict, acr: str = "") -> LoginDecision:
    return LoginDecision(verdict=verdict, reason="a test says so", acr=acr, public=text("journey.denied"))


async def test_a_denial_begins_no_session_and_is_in_the_audit(app: App, ada: User, decider: Decider) -> None:
    async def decide(_: LoginAttempt) -> LoginDecision:
        return saying(Verdict.DENY)

    decider.decide = decide
    browser, page = await with_password(app)
    assert page.status_code == 403
    assert not own_session(page)
    assert await sessions(app, ada) == ()
    denied = await app.kernel.database.fetchval("SELECT count(*) FROM events WHERE type = 'journey.denied'")
    assert denied == 1
    assert (await browser.get(str(page.url))).status_code == 403


async def test_a_step_up_asks_for_a_second_factor_and_then_lets_in(
    app: App, ada: User, decider: Decider, clock: FrozenClock
) -> None:
    seed = await enrolled(app, clock)

    async def decide(_: LoginAttempt) -> LoginDecision:
        return saying(Verdict.STEP_UP, "aal2")

    decider.decide = decide
    browser, page = await with_password(app)
    assert 'name="code"' in page.text
    done = await browser.submit(page, code=code_at(seed, step_of(clock.now())))
    assert done.url.path == "/t/acme/account"
    assert [one.acr for one in await sessions(app, ada)] == ["aal2"]


async def test_a_step_up_of_one_who_has_nothing_more_is_no_occasion_to_set_something_up(
    app: App, ada: User, decider: Decider
) -> None:
    async def decide(_: LoginAttempt) -> LoginDecision:
        return saying(Verdict.STEP_UP, "aal2")

    decider.decide = decide
    browser, page = await with_password(app)
    assert page.status_code == 403
    assert "otpauth" not in (await browser.get(str(page.url))).text
    assert await sessions(app, ada) == ()


async def test_unless_the_decision_allows_it(app: App, ada: User, decider: Decider) -> None:
    async def decide(_: LoginAttempt) -> LoginDecision:
        return msgspec.structs.replace(saying(Verdict.STEP_UP, "aal2"), may_enrol=True)

    decider.decide = decide
    _, page = await with_password(app)
    assert "otpauth" in page.text
    assert await sessions(app, ada) == ()


async def test_a_step_up_that_names_no_assurance_asks_for_a_second_factor(
    app: App, ada: User, decider: Decider
) -> None:
    async def decide(_: LoginAttempt) -> LoginDecision:
        return LoginDecision(verdict=Verdict.STEP_UP, reason="a test says so")

    decider.decide = decide
    _, page = await with_password(app)
    assert page.status_code == 403  # she has none
    assert await sessions(app, ada) == ()


def test_a_step_up_to_nothing_is_no_decision() -> None:
    with pytest.raises(ValueError, match="what it must reach"):
        saying(Verdict.STEP_UP, "")


@pytest.mark.parametrize("acr", ["aal3", "AAL2", "phr", "aal99", "zzz"])
async def test_a_step_up_that_nobody_here_can_reach_is_a_clear_refusal(
    app: App, ada: User, decider: Decider, acr: str
) -> None:
    async def decide(_: LoginAttempt) -> LoginDecision:
        return saying(Verdict.STEP_UP, acr)

    decider.decide = decide
    _, page = await with_password(app)
    assert page.status_code == 403
    assert await sessions(app, ada) == ()


async def test_a_decision_that_fails_asks_for_more(app: App, ada: User, decider: Decider) -> None:
    async def decide(_: LoginAttempt) -> LoginDecision:
        raise RuntimeError("the risk engine is away")

    decider.decide = decide
    _, page = await with_password(app)
    assert not own_session(page)
    assert "otpauth" in page.text
    assert await sessions(app, ada) == ()


async def test_a_decision_that_takes_too_long_asks_for_more(
    app: App, ada: User, decider: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def decide(_: LoginAttempt) -> LoginDecision:
        await asyncio.Event().wait()
        raise AssertionError

    decider.decide = decide
    monkeypatch.setitem(hooks.LIMITS, "authorize_login", 0.01)
    _, page = await with_password(app)
    assert "otpauth" in page.text
    assert await sessions(app, ada) == ()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ((Verdict.ALLOW, Verdict.DENY), 403),
        ((Verdict.STEP_UP, Verdict.DENY), 403),
        ((Verdict.ALLOW, Verdict.STEP_UP), 403),  # nothing is there to step up with
        ((Verdict.ALLOW, Verdict.ALLOW), 200),
    ],
)
async def test_of_several_answers_the_strictest_counts(
    make_app: MakeApp, answers: tuple[Verdict, Verdict], status: int, order: tuple[int, int]
) -> None:
    deciders = [Decider("one"), Decider("two")]
    for decider, place in zip(deciders, order, strict=True):
        _always(decider, saying(answers[place], "aal2"))
    app = await _with(make_app, deciders)
    _, page = await with_password(app)
    assert page.status_code == status, page.text


@pytest.mark.parametrize("order", [("aal2", "aal3"), ("aal3", "aal2")])
async def test_of_several_step_ups_the_strongest_counts(make_app: MakeApp, order: tuple[str, str]) -> None:
    deciders = [Decider("one"), Decider("two")]
    for decider, acr in zip(deciders, order, strict=True):
        _always(decider, saying(Verdict.STEP_UP, acr))
    app = await _with(make_app, deciders)
    ada = await a_person(app, "two@example.org")
    attempt = LoginAttempt(user_id=ada.id, application=None, acr="aal1", proofs=(), goal=Goal.SIGN_IN)
    assert (await app.kernel.hooks.authorize_login(app.context, attempt)).acr == "aal3"


def _always(decider: Decider, decision: LoginDecision) -> None:
    async def decide(_: LoginAttempt) -> LoginDecision:
        return decision

    decider.decide = decide


async def _with(make_app: MakeApp, deciders: list[Decider]) -> App:
    plugins = [plugin_of(xenia_password), plugin_of(xenia_web), *(one.plugin for one in deciders)]
    app = await make_app(plugins)
    await app.tenant()
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(verified_email=False))
    await a_person(app, password=PASSWORD)
    return app


async def test_the_decision_knows_what_was_proven(app: App, ada: User, decider: Decider) -> None:
    await with_password(app)
    [attempt] = decider.asked
    assert (attempt.user_id, attempt.acr, [proof.method for proof in attempt.proofs]) == (ada.id, "aal1", ["password"])


async def test_a_decision_is_not_asked_for_a_wrong_password(app: App, ada: User, decider: Decider) -> None:
    await with_password(app, password="wrong")
    assert decider.asked == []


WHY = "Everybody in the finance group does."


def explained(decider: Decider) -> None:
    """It asks everybody for more, and says why."""
    wanted = msgspec.structs.replace(saying(Verdict.STEP_UP, "aal2"), may_enrol=True, public=literal(WHY))
    decider.decide = AsyncMock(return_value=wanted)


async def test_a_step_up_says_why_where_a_factor_is_set_up(app: App, ada: User, decider: Decider) -> None:
    explained(decider)
    browser, page = await with_password(app)
    assert WHY in page.text
    assert "otpauth" in page.text
    assert WHY in (await browser.get(str(page.url))).text, "asked for again"


async def test_a_step_up_says_why_where_a_factor_is_shown(
    make_app: MakeApp, decider: Decider, clock: FrozenClock
) -> None:
    remembering = tiny.plugin("remembering", {"trusts_device": lambda: True})
    modules = (xenia_password, xenia_totp, xenia_web)
    app = await make_app([*map(plugin_of, modules), decider.plugin, remembering], clock=clock)
    await app.tenant()
    ada = await a_person(app, password=PASSWORD)
    seed = await enrolled(app, clock)
    explained(decider)
    browser, page = await with_password(app)
    assert WHY in page.text
    wrong = await browser.submit(page, code="000000")
    assert WHY in wrong.text
    await browser.submit(wrong, code=code_at(seed, step_of(clock.now())))
    assert [one.acr for one in await sessions(app, ada)] == ["aal2"]


async def test_of_two_step_ups_alike_the_one_that_says_why_is_shown(app: App) -> None:
    silent = LoginDecision(verdict=Verdict.STEP_UP, reason="silent")
    telling = LoginDecision(verdict=Verdict.STEP_UP, reason="telling", public=literal(WHY))
    deciders = [Decider("one"), Decider("two")]
    for order in ((silent, telling), (telling, silent)):
        for decider, answer in zip(deciders, order, strict=True):
            decider.decide = AsyncMock(return_value=answer)
        asked = Hooks([one.plugin for one in deciders], AsyncMock(return_value=frozenset({"one", "two"})))
        assert await asked.authorize_login(app.context, Mock()) is telling


async def test_the_log_tells_which_decision_made_a_journey_impossible(
    app: App, ada: User, decider: Decider, capsys: pytest.CaptureFixture[str]
) -> None:
    async def decide(_: LoginAttempt) -> LoginDecision:
        return saying(Verdict.STEP_UP, "aal2")

    decider.decide = decide
    _, page = await with_password(app)
    assert page.status_code == 403
    line = next(line for line in capsys.readouterr().err.splitlines() if "journey_impossible" in line)
    assert "reason=factor" in line
    assert "a test says so" in line


async def test_a_step_that_fails_lets_nobody_in_and_is_named_with_its_plugin(
    make_app: MakeApp, capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken:
        name = "terms"
        provides: frozenset[str] = frozenset()
        needed = show = submit = AsyncMock(side_effect=RuntimeError("no such column"))

    broken = tiny.plugin("careless", {"register_journey_steps": lambda: [Broken()]})
    app = await make_app([plugin_of(xenia_password), plugin_of(xenia_web), broken])
    await app.tenant()
    ada = await a_person(app, password=PASSWORD)
    _, page = await with_password(app)
    assert (page.status_code, await sessions(app, ada)) == (503, ())
    line = next(line for line in capsys.readouterr().err.splitlines() if "step_failed" in line)
    assert "name=terms" in line
    assert "plugin=careless" in line
