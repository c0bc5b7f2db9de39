"""The offer of a second factor: made now and then, put off, declined for ever, or taken."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx2
import pytest

import xenia_nudge
import xenia_password
import xenia_totp
import xenia_web
from tests.plugins.recovery.support import acrs_of, code_of, kinds_of, with_app, with_password
from tests.plugins.totp.test_journeys import seed_on
from xenia.clock import FrozenClock
from xenia.plugin.manifest import plugin_of
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App, MakeApp
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User
from xenia_nudge.settings import NudgeSettings
from xenia_nudge.step import OFFER

QUESTION = "Make your account safer?"


@pytest.fixture
def clock() -> FrozenClock:
    now = int(datetime.now(UTC).timestamp())
    return FrozenClock(datetime.fromtimestamp(now - now % 30 + 15, UTC))


@pytest.fixture
async def app(make_app: MakeApp, clock: FrozenClock) -> App:
    made = await make_app([*map(plugin_of, (xenia_nudge, xenia_password, xenia_totp, xenia_web))], clock=clock)
    await made.tenant()
    return made


@pytest.fixture
async def ada(app: App) -> User:
    """Somebody who has been here for a while."""
    user = await a_person(app, password=PASSWORD)
    await app.kernel.database.execute(
        "UPDATE users SET created_at = now() - interval '25 hours' WHERE id = $1", user.id
    )
    return user


def is_in(page: httpx2.Response) -> bool:
    return page.url.path.endswith("/account")


async def test_not_now_puts_it_off(app: App, ada: User) -> None:
    browser, page = await with_password(app)
    assert QUESTION in page.text
    assert is_in(await browser.submit(page, action="later"))
    assert is_in((await with_password(app))[1]), "not asked again so soon"
    await app.kernel.database.execute("UPDATE snoozes SET until = now() - interval '1 second'")
    assert QUESTION in (await with_password(app))[1].text


async def test_a_new_account_is_left_in_peace(app: App) -> None:
    await a_person(app, password=PASSWORD)
    assert is_in((await with_password(app))[1])
    await app.kernel.config.put(app.context, NudgeSettings, NudgeSettings(wait_days=0))
    assert QUESTION in (await with_password(app))[1].text


async def test_it_is_put_off_for_as_long_as_the_tenant_says(app: App, ada: User) -> None:
    browser, page = await with_password(app)
    await browser.submit(page, action="anything")
    days = await app.kernel.database.fetchval("SELECT extract(day FROM until - now()) FROM snoozes")
    assert int(days) == 29


async def test_whoever_doesn_t_want_it_is_never_asked_again(app: App, ada: User) -> None:
    browser, page = await with_password(app)
    assert is_in(await browser.submit(page, action="never"))
    assert await app.kernel.snoozes.said(app.context, ada.id, OFFER) == "never"
    assert is_in((await with_password(app))[1])


async def test_yes_leads_to_one_and_it_is_asked_for_from_then_on(app: App, ada: User, clock: FrozenClock) -> None:
    browser, page = await with_password(app)
    page = await browser.submit(page, action="yes")
    seed = seed_on(page)
    page = await browser.submit(page, code=code_of(seed, clock), label="Phone")
    assert is_in(await browser.submit(page, action=""))
    assert await acrs_of(app, ada) == ["aal2"]
    assert "totp" in await kinds_of(app, ada)
    _, page = await with_password(app)
    assert 'name="code"' in page.text
    assert QUESTION not in page.text


async def test_whoever_has_one_isn_t_asked(app: App, ada: User, clock: FrozenClock) -> None:
    await app.kernel.snoozes.never(app.context, ada.id, OFFER)
    seed = await with_app(app, clock)
    await app.kernel.snoozes.forget(app.context, ada.id, OFFER)
    browser, page = await with_password(app)
    assert is_in(await browser.submit(page, code=code_of(seed, clock)))


async def test_an_answer_belongs_to_the_person_s_data(app: App, ada: User) -> None:
    mine = next(one for one in app.kernel.personal_data if one.name == "nudge")
    assert await mine.export(app.context, ada.id) == {}
    await app.kernel.snoozes.never(app.context, ada.id, OFFER)
    assert await mine.export(app.context, ada.id) == {"not_asked_until": "never"}
    other = await a_person(app, "other@example.org")
    assert await mine.move(app.context, ada.id, other.id) == {}
    assert await mine.export(app.context, ada.id) == {}


async def test_a_yes_can_be_taken_back(app: App, ada: User) -> None:
    browser, page = await with_password(app)
    page = await browser.submit(page, action="yes")
    assert "Not now" in page.text
    assert is_in(await browser.submit(page, action="not-now"))
    assert is_in((await with_password(app))[1]), "and it isn't asked for again so soon"


async def test_what_is_demanded_can_t_be_put_off(app: App, ada: User) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr="aal2", verified_email=False))
    browser, page = await with_password(app)
    assert "Not now" not in page.text
    assert not is_in(await browser.submit(page, action="not-now"))
    assert not is_in(await browser.get("/account"))
