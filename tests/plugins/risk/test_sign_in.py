"""Sign-ins through the whole application: judged once, kept with what was seen, asked for more, refused, told."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests.plugins.devices.support import CHROME, a_browser, is_signed_in, with_password
from tests.plugins.risk.files import HOME, LISTED, PARIS, SYDNEY
from tests.plugins.totp.test_journeys import seed_on
from xenia.api import Goal, LoginAttempt, Source, new_id
from xenia.clock import FrozenClock
from xenia.events.models import EventQuery
from xenia.testing.app import App, Browser
from xenia.testing.fake_mailbox import Mailbox
from xenia.users.models import User
from xenia_risk.decisions import Decisions
from xenia_risk.models import Decided
from xenia_risk.service import RiskService
from xenia_risk.settings import RiskSettings, Rule, Then
from xenia_totp.codes import code_at, step_of

DENY_LISTED = RiskSettings(rules=(Rule(name="listed", then=Then.DENY, signals=("listed_address",)),))


async def a_past(app: App, clock: FrozenClock) -> Browser:
    """Ada signs in at home."""
    browser = a_browser(app, address=HOME)
    assert is_signed_in(await with_password(browser))
    await app.settle()
    clock.advance(timedelta(minutes=1))
    return browser


async def decisions(app: App) -> tuple[Decided, ...]:
    return await Decisions(app.kernel).page(app.context)


async def test_a_first_sign_in_is_allowed_and_kept(app: App, ada: User) -> None:
    assert is_signed_in(await with_password(a_browser(app, address=HOME)))
    [one] = await decisions(app)
    assert (one.user_id, one.judgement.verdict, one.judgement.rule) == (ada.id, "allow", "")
    assert one.sign_in.signals["new_device"].score == 0.5
    assert "new_country" not in one.sign_in.signals, "nothing to compare with"


async def test_the_same_as_before_is_allowed(app: App, ada: User, clock: FrozenClock) -> None:
    await a_past(app, clock)
    assert is_signed_in(await with_password(a_browser(app, address=HOME)))
    newest = (await decisions(app))[0]
    assert newest.sign_in.signals["new_country"].score == 0
    assert newest.judgement.verdict == "allow"


async def test_another_country_and_device_are_asked_for_more_and_told(
    app: App, ada: User, clock: FrozenClock, mailbox: Mailbox
) -> None:
    await a_past(app, clock)
    page = await with_password(a_browser(app, agent=CHROME, address=SYDNEY))
    assert not is_signed_in(page)
    newest = (await decisions(app))[0]
    assert newest.judgement.verdict == "step_up"
    assert newest.sign_in.signals["impossible_travel"].facts["km"] == pytest.approx(16_080, abs=100)
    await app.settle()
    assert any("unusual sign-in" in mail.subject for mail in mailbox.messages)


async def test_whoever_has_no_other_factor_is_refused_and_not_led_to_enrol_one(
    app: App, ada: User, clock: FrozenClock
) -> None:
    await a_past(app, clock)
    browser = a_browser(app, agent=CHROME, address=SYDNEY)
    page = await with_password(browser)
    assert page.status_code == 403
    assert "otpauth" not in page.text
    assert (await browser.get(str(page.url))).status_code == 403, "and told once, however often the page is loaded"
    denied = (await app.kernel.events.list(app.context, EventQuery(types=("journey.denied",)))).events
    assert len(denied) == 1
    assert (await decisions(app))[0].outcome == "", "the journey waits for whoever tells of it"
    await app.settle()
    assert (await decisions(app))[0].outcome == "refused"
    assert await Decisions(app.kernel).outcomes(app.context, 7, 30) == {"refused": 1}


async def test_another_factor_opens_the_door_and_the_decision_stands(app: App, ada: User, clock: FrozenClock) -> None:
    browser = await a_past(app, clock)
    page = await browser.post("/account/enrol/totp", {})
    seed = seed_on(page)
    await browser.submit(page, code=code_at(seed, step_of(clock.now())), label="Phone")
    await app.settle()
    clock.advance(timedelta(minutes=1))
    away = a_browser(app, agent=CHROME, address=PARIS)
    page = await away.submit(await with_password(away), code=code_at(seed, step_of(clock.now())))
    assert is_signed_in(page)
    assert (await decisions(app))[0].outcome == "met"
    journeys = await app.kernel.database.fetchval("SELECT count(DISTINCT journey) = count(*) FROM risk_decisions")
    assert journeys


async def test_whoever_shows_nothing_more_has_left_when_the_journey_is_over(app: App, ada: User) -> None:
    everybody = RiskSettings(rules=(Rule(name="careful", then=Then.STEP_UP),))
    await app.kernel.config.put(app.context, RiskSettings, everybody)
    context = msgspec.structs.replace(app.context, source=Source(address=PARIS, user_agent=CHROME))
    begun = LoginAttempt(
        user_id=ada.id, application=None, acr="aal1", proofs=(), goal=Goal.SIGN_IN, journey=new_id(), roles=()
    )
    service = RiskService(app.kernel)
    assert (await service.decide(context, begun))[1]
    one = (await decisions(app))[0]
    assert (one.address, one.browser) == (PARIS, "Chrome/Linux")
    assert one.became(one.at, 30) == "open"
    assert one.became(one.at + timedelta(minutes=31), 30) == "left"
    assert await Decisions(app.kernel).outcomes(app.context, 7, 30) == {"open": 1}
    await app.kernel.database.execute("UPDATE risk_decisions SET at = at - interval '31 minutes'")
    assert await Decisions(app.kernel).outcomes(app.context, 7, 30) == {"left": 1}
    decided, is_new = await service.decide(context, msgspec.structs.replace(begun, acr="aal2"))
    assert (decided.outcome, is_new) == ("met", False)
    await service.refused(context, begun.journey or new_id())
    assert (await decisions(app))[0].outcome == "met", "what was shown stays shown"


async def test_what_was_decided_before_outcomes_were_noted_has_none(app: App, ada: User, clock: FrozenClock) -> None:
    await a_past(app, clock)
    await with_password(a_browser(app, agent=CHROME, address=SYDNEY))
    await app.kernel.database.execute("UPDATE risk_decisions SET outcome = NULL")
    await app.settle()
    one = (await decisions(app))[0]
    assert one.became(one.at + timedelta(days=1), 30) is None
    assert await Decisions(app.kernel).outcomes(app.context, 7, 30) == {}


async def test_a_rule_may_refuse(app: App, ada: User) -> None:
    await app.kernel.config.put(app.context, RiskSettings, DENY_LISTED)
    page = await with_password(a_browser(app, address=LISTED))
    assert page.status_code == 403
    assert "listed" not in page.text, "which rule it was is nobody's business"
    [one] = await decisions(app)
    assert (one.judgement.verdict, one.judgement.rule) == ("deny", "listed")
    denied = await app.kernel.database.fetchval("SELECT data->>'reason' FROM events WHERE type = 'journey.denied'")
    assert denied == f"risk: listed ({one.judgement.score})"


async def test_a_wrong_password_isn_t_judged(app: App, ada: User) -> None:
    await with_password(a_browser(app), "harbour lanterns drift slowly")
    assert await decisions(app) == ()


async def test_a_person_sees_and_erases_what_was_decided_about_them(app: App, ada: User, clock: FrozenClock) -> None:
    await a_past(app, clock)
    [mine] = [one for one in app.kernel.registry.personal_data.all().values() if one.name == "risk"]
    exported = await mine.export(app.context, ada.id)
    assert [one["country"] for one in exported["sign_ins"]] == ["DE"]
    assert [one["judgement"]["verdict"] for one in exported["decisions"]] == ["allow"]
    assert [one["address"] for one in exported["decisions"]] == [HOME]
    await mine.erase(app.context, ada.id)
    assert await mine.export(app.context, ada.id) == {"sign_ins": [], "decisions": []}
