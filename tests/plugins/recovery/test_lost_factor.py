"""A lost second factor: asked for, told everywhere, waited for, and replaced in exactly one journey; or cancelled by anybody."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx2
import msgspec
import pytest

from tests.plugins.mailed import settled
from tests.plugins.passkeys.authenticator import Authenticator
from tests.plugins.recovery.conftest import MODULES
from tests.plugins.recovery.support import (
    NEW,
    acrs_of,
    by_mail,
    code_of,
    kinds_of,
    opens,
    signed_in,
    with_app,
    with_passkey,
    with_password,
)
from tests.plugins.totp.test_journeys import seed_on
from xenia.clock import FrozenClock
from xenia.credentials.models import NewCredential
from xenia.events.models import EventQuery
from xenia.journeys.offering import place
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, a_person
from xenia.users.models import IdentifierKind, NewIdentifier, User
from xenia_recovery.service import Requests
from xenia_recovery.settings import RecoverySettings

LOST = "method:lost_factor"
SECOND_MAIL = "ada@home.example"
LINK = re.compile(r"http://localhost:8000/t/acme(/recovery/cancel/[^\s\"<>]+)")


@pytest.fixture
async def seed(app: App, ada: User, clock: FrozenClock, mailbox: Mailbox) -> str:
    """Ada has an app, recovery codes and two addresses; what was told so far is forgotten."""
    found = await with_app(app, clock)
    second = NewIdentifier(kind=IdentifierKind.EMAIL, value=SECOND_MAIL, verified=True)
    await app.kernel.users.add_identifier(app.context, ada.id, second)
    await app.settle()
    mailbox.messages.clear()
    return found


async def lost(app: App) -> tuple[Browser, httpx2.Response]:
    """The page behind the button, after the password."""
    browser, page = await with_password(app)
    return browser, await browser.submit(page, action=LOST)


async def asked(app: App) -> httpx2.Response:
    """She asks; what she is told."""
    browser, page = await lost(app)
    page = await browser.submit(page, action="")
    await settled(app)
    return page


async def passed(app: App, interval: str = "73 hours") -> None:
    """So much time went by, by the database's clock."""
    await app.kernel.database.execute(f"""
        UPDATE recovery_requests SET asked_at = asked_at - interval '{interval}', ends_at = ends_at - interval '{interval}',
            usable_until = usable_until - interval '{interval}'""")
    await app.kernel.database.execute(f"UPDATE one_time SET expires_at = expires_at - interval '{interval}'")
    await app.kernel.database.execute("DELETE FROM counters")


async def is_open(app: App, user: User) -> bool:
    return await Requests(app.kernel).open(app.context, user.id) is not None


def links(mailbox: Mailbox, address: str) -> list[str]:
    """The links to cancel that somebody was sent, oldest first."""
    return [found[1] for one in mailbox.to(address) if (found := LINK.search(one.text))]


async def events(app: App, type_: str) -> list[dict[str, Any]]:
    page = await app.kernel.events.list(app.context, EventQuery(types=(type_,)))
    return [event.data for event in reversed(page.events)]


async def back(app: App) -> tuple[Browser, httpx2.Response]:
    """After the wait: the first factor anew, the button, and what it leads to."""
    browser, page = await lost(app)
    assert "waiting time is over" in page.text, page.text
    return browser, await browser.submit(page, action="")


async def replaced(browser: Browser, page: httpx2.Response, clock: FrozenClock) -> tuple[str, httpx2.Response]:
    """She sets up another app; its seed, and the account."""
    if "method:totp" in page.text:
        page = await browser.submit(page, action="method:totp")
    seed = seed_on(page)
    page = await browser.submit(page, code=code_of(seed, clock), label="New phone")
    assert "recovery" in page.text.lower()
    return seed, await browser.submit(page, action="")


# -- from the beginning to the end


async def test_a_lost_app_is_replaced_after_the_wait(
    app: App, ada: User, seed: str, clock: FrozenClock, mailbox: Mailbox
) -> None:
    before = {one.id for one in await app.kernel.credentials.summaries(app.context, ada.id) if one.kind != "password"}
    page = await asked(app)
    assert "72 hours" in page.text
    await passed(app)
    browser, page = await back(app)
    fresh, page = await replaced(browser, page, clock)
    assert page.url.path.endswith("/account"), page.text
    after = {one.id for one in await app.kernel.credentials.summaries(app.context, ada.id)}
    assert not before & after, "the lost app and its codes are gone"
    assert await kinds_of(app, ada) == {"password", "totp", "recovery_code"}
    assert (await acrs_of(app, ada))[-1] == "aal2"
    again, page = await with_password(app)
    page = await again.submit(page, code=code_of(seed, clock))
    assert page.status_code == 422, "the old app opens nothing"
    assert (await again.submit(page, code=code_of(fresh, clock))).url.path.endswith("/account")


async def test_everybody_is_told_at_once_and_before_the_end(app: App, ada: User, seed: str, mailbox: Mailbox) -> None:
    await asked(app)
    for address in (EMAIL, SECOND_MAIL):
        assert [one.subject for one in mailbox.to(address)] == ["Somebody asked to remove your second factor"]
    await app.kernel.database.execute("UPDATE jobs SET run_at = now()")
    await passed(app, "60 hours")
    await app.settle()
    for address in (EMAIL, SECOND_MAIL):
        assert "12 hours" in mailbox.to(address)[-1].text
        assert len(set(links(mailbox, address))) == 2
    assert len(set(links(mailbox, EMAIL) + links(mailbox, SECOND_MAIL))) == 4, "each has a link of its own"


async def test_the_last_notice_comes_a_quarter_of_the_wait_before_its_end(app: App, ada: User, seed: str) -> None:
    await app.kernel.config.put(app.context, RecoverySettings, RecoverySettings(wait_hours=8))
    await asked(app)
    left = await app.kernel.database.fetchval("SELECT run_at - now() FROM jobs WHERE name = 'recovery.remind'")
    assert timedelta(hours=5, minutes=59) < left <= timedelta(hours=6)


async def test_nothing_changes_while_it_waits(app: App, ada: User, seed: str) -> None:
    await asked(app)
    browser, page = await lost(app)
    assert "Come back later" in page.text
    page = await browser.post(str(page.url.path), {"action": ""})
    assert "waiting time is over" not in page.text
    assert await acrs_of(app, ada) == (await acrs_of(app, ada))[:1]
    assert await kinds_of(app, ada) == {"password", "totp", "recovery_code"}


async def test_it_isn_t_for_who_has_proven_nothing(app: App, ada: User, seed: str) -> None:
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    assert LOST not in page.text
    page = await browser.submit(page, action=LOST)
    assert "Lost your second factor" not in page.text
    assert not await is_open(app, ada)


async def test_it_is_offered_after_everything_else(app: App) -> None:
    """“All of these” would be a lie above the others."""
    on = frozenset(plugin_of(module).manifest.name for module in MODULES)
    methods = app.kernel.registry.view(on).auth_methods
    assert max(methods.values(), key=place).name == "lost_factor"


async def test_whoever_has_no_second_factor_isn_t_offered_it(app: App, ada: User) -> None:
    browser = await signed_in(app)
    assert LOST not in (await browser.get("/account/security")).text


async def test_it_is_for_a_forgotten_password_too(
    app: App, ada: User, seed: str, clock: FrozenClock, mailbox: Mailbox
) -> None:
    browser = app.browser()
    page = await browser.submit(await by_mail(app, mailbox, browser), action=LOST)
    page = await browser.submit(page, action="")
    await settled(app)
    await passed(app)
    browser = app.browser()
    page = await browser.submit(await by_mail(app, mailbox, browser), action=LOST)
    page = await browser.submit(page, action="")
    _, page = await replaced(browser, page, clock)
    assert 'autocomplete="new-password"' in page.text
    page = await browser.submit(page, password=NEW)
    assert page.url.path.endswith("/account/security")
    assert await opens(app, ada, NEW)


# -- exactly one journey


async def test_a_journey_that_is_given_up_takes_nothing_away(app: App, ada: User, seed: str) -> None:
    before = await app.kernel.credentials.summaries(app.context, ada.id)
    await asked(app)
    await passed(app)
    await back(app)
    after = await app.kernel.credentials.summaries(app.context, ada.id)
    assert {one.id for one in after} == {one.id for one in before}
    _, page = await lost(app)
    assert "Ask for it" in page.text, "it was used, and must be asked for anew"


async def test_it_is_good_for_one_journey_of_fifty(app: App, ada: User, seed: str) -> None:
    await asked(app)
    await passed(app)
    service = Requests(app.kernel)
    ids = [UUID(int=number + 1) for number in range(50)]
    won = await asyncio.gather(*(service.use(app.context, ada.id, one) for one in ids))
    assert sum(bool(one) for one in won) == 1
    winner = ids[[bool(one) for one in won].index(True)]
    assert await service.use(app.context, ada.id, winner), "a form that is sent twice"


async def test_the_journey_can_t_end_without_another_factor(app: App, ada: User, seed: str) -> None:
    await asked(app)
    await passed(app)
    browser, page = await back(app)
    count = len(await acrs_of(app, ada))
    for fields in (
        {"action": ""},
        {"action": "no"},
        {"action": LOST},
        {"code": "000000"},
        {"action": "method:password"},
    ):
        page = await browser.post(str(page.url.path), fields)
        assert "/account" not in page.url.path
    assert len(await acrs_of(app, ada)) == count


async def test_it_ends_when_it_isn_t_used_in_time(app: App, ada: User, seed: str) -> None:
    await asked(app)
    await passed(app, "11 days")
    assert not await is_open(app, ada)
    _, page = await lost(app)
    assert "Ask for it" in page.text


async def test_a_factor_that_was_added_meanwhile_is_still_asked_for(
    app: App, ada: User, seed: str, phone: Authenticator, clock: FrozenClock
) -> None:
    await asked(app)
    await passed(app)
    other = NewCredential(plugin="tokens", kind="token", data=b"", second=True)
    await app.kernel.credentials.add(app.context, ada.id, other)
    _, page = await back(app)
    assert page.status_code == 403, "what nobody said was lost must be shown"


# -- cancelling


async def test_a_link_cancels_by_a_press_and_not_by_being_opened(
    app: App, ada: User, seed: str, mailbox: Mailbox
) -> None:
    await asked(app)
    path = links(mailbox, SECOND_MAIL)[-1]
    for _ in range(3):
        assert (await app.browser().get(path)).status_code == 200
    assert await is_open(app, ada)
    browser = app.browser()
    page = await browser.submit(await browser.get(path), action="")
    assert page.url.path.endswith("/recovery/cancelled")
    await settled(app)
    assert not await is_open(app, ada)
    assert mailbox.to(EMAIL)[-1].subject == "Your second factor stays"
    assert await events(app, "recovery.cancelled") == [{"by": "link"}]
    for dead in (path, links(mailbox, EMAIL)[-1]):
        assert (await browser.get(dead)).status_code == 410
        assert (await browser.post(dead, {})).status_code == 410


async def test_fifty_presses_cancel_once(app: App, ada: User, seed: str, mailbox: Mailbox) -> None:
    await asked(app)
    path = links(mailbox, EMAIL)[-1]
    browser = app.browser()
    answers = await asyncio.gather(*(browser.post(path, {}, follow=False) for _ in range(50)))
    statuses = [one.status_code for one in answers]
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 410, 503}
    assert len(await events(app, "recovery.cancelled")) == 1


@pytest.mark.parametrize("round_", range(10))
async def test_of_a_cancel_and_a_use_at_once_exactly_one_wins(
    app: App, ada: User, seed: str, mailbox: Mailbox, round_: int
) -> None:
    await asked(app)
    await passed(app)
    service = Requests(app.kernel)
    path = links(mailbox, EMAIL)[-1]
    cancelling = app.browser().post(path, {}, follow=False)
    using = service.use(app.context, ada.id, ada.id)
    pair = (cancelling, using) if round_ % 2 else (using, cancelling)
    first, second = await asyncio.gather(*pair)
    answer, lost_ = (first, second) if round_ % 2 else (second, first)
    assert (answer.status_code == 303) != bool(lost_)


async def test_showing_the_lost_factor_cancels_and_says_so(
    app: App, ada: User, seed: str, clock: FrozenClock, mailbox: Mailbox
) -> None:
    await asked(app)
    browser, page = await with_password(app)
    page = await browser.submit(page, code=code_of(seed, clock))
    assert "You have it after all" in page.text
    assert not await is_open(app, ada)
    page = await browser.get(page.url.path)
    assert "You have it after all" in page.text, "it says so when the page is loaded again, too"
    page = await browser.submit(page, action="")
    assert page.url.path.endswith("/account")
    await settled(app)
    assert mailbox.to(SECOND_MAIL)[-1].subject == "Your second factor stays"
    assert await events(app, "recovery.cancelled") == [{"by": "factor"}]


async def test_a_password_alone_cancels_nothing(app: App, ada: User, seed: str) -> None:
    await asked(app)
    await with_password(app)
    assert await is_open(app, ada)


@pytest.mark.parametrize("secret", ["x", "xlost_" + "0" * 49, "%00", "x" * 3000])
async def test_a_link_that_was_never_sent_is_dead(app: App, secret: str) -> None:
    browser = app.browser()
    assert (await browser.get(f"/recovery/cancel/{secret}")).status_code in (404, 410)
    assert (await browser.post(f"/recovery/cancel/{secret}", {})).status_code in (404, 410)


async def test_a_link_of_another_tenant_is_dead(app: App, ada: User, seed: str, mailbox: Mailbox) -> None:
    await app.tenant("other")
    await asked(app)
    assert (await app.browser("other").post(links(mailbox, EMAIL)[-1], {})).status_code == 410
    assert await is_open(app, ada)


# -- one at a time, and not too often


async def test_fifty_who_ask_make_one_request(app: App, ada: User, seed: str) -> None:
    service = Requests(app.kernel)
    ways = await app.kernel.credentials.summaries(app.context, ada.id)
    gone = [one.id for one in ways if one.second]
    made = await asyncio.gather(*(service.ask(app.context, ada, gone) for _ in range(50)))
    assert sum(one is not None for one in made) == 1


async def test_asking_again_and_again_ends(app: App, ada: User, seed: str) -> None:
    service = Requests(app.kernel)
    for _ in range(3):
        assert (made := await service.ask(app.context, ada, [ada.id]))
        assert await service.cancel(app.context, ada.id, made.id, by="link")
    browser, page = await lost(app)
    page = await browser.submit(page, action="")
    assert page.status_code == 422
    assert not await is_open(app, ada)


async def test_nobody_is_offered_it_who_can_t_be_warned(app: App, ada: User, seed: str) -> None:
    await app.kernel.database.execute("UPDATE identifiers SET verified_at = NULL")
    _, page = await with_password(app)
    assert LOST not in page.text


@pytest.mark.parametrize("hours", [0, -1, 721])
async def test_a_wait_of_less_than_an_hour_is_refused(app: App, hours: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"wait_hours": hours}, RecoverySettings)


# -- passkeys, restarts, languages, a person's data


async def test_a_lost_passkey_is_replaced_by_an_app(
    app: App, ada: User, phone: Authenticator, clock: FrozenClock
) -> None:
    await with_passkey(app, phone)
    await asked(app)
    await passed(app)
    browser, page = await back(app)
    await replaced(browser, page, clock)
    assert await kinds_of(app, ada) == {"password", "totp", "recovery_code"}


async def test_it_waits_over_a_restart(
    app: App, ada: User, seed: str, clock: FrozenClock, mailbox: Mailbox, make_app: MakeApp
) -> None:
    await asked(app)
    await passed(app)
    again = await make_app([*map(plugin_of, MODULES), mailbox.plugin], clock=clock)
    browser, page = await back(again)
    await replaced(browser, page, clock)
    assert (await again.kernel.sessions.of_user(again.context, ada.id))[0].acr == "aal2"
    page = await again.browser().post(links(mailbox, EMAIL)[-1], {})
    assert page.status_code == 410, "used is used"


async def test_it_speaks_the_person_s_language(app: App, ada: User, seed: str, mailbox: Mailbox) -> None:
    await app.kernel.users.set_locale(app.context, ada.id, "de")
    await asked(app)
    assert mailbox.to(EMAIL)[-1].subject == "Jemand möchte Ihren zweiten Faktor entfernen"
    assert "72 Stunden" in mailbox.to(EMAIL)[-1].text
    page = await app.browser(**{"accept-language": "de"}).get(links(mailbox, EMAIL)[-1])
    assert "Den zweiten Faktor behalten?" in unescape(page.text)


async def test_a_request_belongs_to_the_person_s_data(app: App, ada: User, seed: str) -> None:
    mine = next(one for one in app.kernel.personal_data if one.name == "recovery")
    assert await mine.export(app.context, ada.id) == {}
    await asked(app)
    assert set((await mine.export(app.context, ada.id))["request"]) == {"asked_at", "ends_at", "usable_until"}
    await app.kernel.users.erase(app.context, ada.id)
    await app.settle()
    await mine.erase(app.context, ada.id)
    assert await app.kernel.database.fetchval("SELECT count(*) FROM recovery_requests") == 0


async def test_a_merge_ends_the_requests_of_both(app: App, ada: User, seed: str) -> None:
    other = await a_person(app, "ada@work.example")
    service = Requests(app.kernel)
    await service.ask(app.context, other, [other.id])
    await asked(app)
    await app.kernel.merges.merge(app.context, other.id, ada.id)
    assert not await is_open(app, ada)
    assert not await is_open(app, other)


async def test_everything_is_in_the_audit_log(app: App, ada: User, seed: str, clock: FrozenClock) -> None:
    await asked(app)
    await passed(app)
    browser, page = await back(app)
    await replaced(browser, page, clock)
    assert await events(app, "recovery.requested") == [{"hours": 72, "lost": 11}]
    assert len(await events(app, "recovery.used")) == 1
    gone = await events(app, "credential.removed")
    assert {one["kind"] for one in gone} >= {"totp", "recovery_code"}
