"""Choosing a password: in a sign-up, and another one from the account."""

from __future__ import annotations

from uuid import UUID

import httpx2
import msgspec
import pytest

from xenia.journeys.models import Enrolled, Refused
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App, Browser
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_journey, visiting
from xenia.users.models import IdentifierKind, User
from xenia_password.enrolment import PasswordEnrolment
from xenia_password.policy import Policy
from xenia_password.service import PasswordService

NEW = "seven otters paint fences"


@pytest.fixture
def enrolment(app: App) -> PasswordEnrolment:
    return PasswordEnrolment(app.kernel, PasswordService(app.kernel), Policy(app.kernel))


async def signed_in(app: App, password: str = PASSWORD) -> Browser:
    """A browser in which Ada signed in."""
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    await browser.submit(page, password=password)
    return browser


async def sessions_of(app: App, user: User) -> set[UUID]:
    return {session.id for session in await app.kernel.sessions.of_user(app.context, user.id)}


async def changing(browser: Browser) -> httpx2.Response:
    """The page that asks for another password."""
    return await browser.post("/account/enrol/password", {})


async def registered(app: App) -> User:
    """A newcomer who chose a password, at the second try."""
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(verified_email=False))
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-up"), identifier="grace@example.org")
    assert 'autocomplete="new-password"' in page.text
    assert "At least 15 characters" in page.text
    page = await browser.submit(page, password="short")
    assert page.status_code == 422
    await browser.submit(page, password=NEW)
    grace = await app.kernel.users.find(app.context, IdentifierKind.EMAIL, "grace@example.org")
    assert grace is not None
    return grace


async def test_a_visitor_registers_with_a_password(app: App) -> None:
    grace = await registered(app)
    assert await PasswordService(app.kernel).verify(app.context, grace.id, NEW)


async def test_registering_sends_no_notice_of_a_change(app: App, mailbox: Mailbox) -> None:
    await registered(app)
    await app.settle()
    assert not [one for one in mailbox.messages if one.subject == "Your password was changed"]


async def test_a_change_ends_every_other_session_and_tells_the_person(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = await signed_in(app)
    mine = await sessions_of(app, ada)
    await signed_in(app)
    assert len(await sessions_of(app, ada)) == 2
    page = await browser.submit(await changing(browser), password=NEW)
    assert page.status_code in (200, 404)
    assert await PasswordService(app.kernel).verify(app.context, ada.id, NEW)
    assert not await PasswordService(app.kernel).verify(app.context, ada.id, PASSWORD)
    assert await sessions_of(app, ada) == mine
    await app.settle()
    assert [one.subject for one in mailbox.to(EMAIL)] == ["Your password was changed"]


async def test_a_refused_change_ends_nothing(app: App, ada: User) -> None:
    browser = await signed_in(app)
    await signed_in(app)
    page = await browser.submit(await changing(browser), password="passwordpassword")
    assert page.status_code == 422
    assert len(await sessions_of(app, ada)) == 2
    assert await PasswordService(app.kernel).verify(app.context, ada.id, PASSWORD)


async def test_no_password_is_in_any_journey_at_rest(app: App, ada: User) -> None:
    await registered(app)
    await signed_in(app)
    rows = await app.kernel.database.fetch("SELECT id, state FROM journeys")
    states = [await app.kernel.sealing.open(app.context, "journey", str(row["id"]), row["state"]) for row in rows]
    assert len(states) >= 2
    assert not [state for state in states if PASSWORD.encode() in state or NEW.encode() in state]


async def test_the_password_is_in_nothing_that_a_journey_keeps(
    app: App, enrolment: PasswordEnrolment, ada: User
) -> None:
    canary = "canary zebra quilts teapot"
    journey = a_journey(app, None, email="grace@example.org")
    outcome = await enrolment.complete(visiting(app), journey, {"password": canary})
    assert isinstance(outcome, Enrolled)
    assert canary.encode() not in msgspec.json.encode(outcome.credentials)
    refused = await enrolment.complete(visiting(app), journey, {"password": canary[:10]})
    assert isinstance(refused, Refused)
    assert canary[:10] not in repr(refused)
    view = await enrolment.begin(visiting(app), journey)
    assert [field.value for field in view.fields] == [""]


async def test_a_refused_password_is_not_shown_again(app: App, ada: User) -> None:
    browser = await signed_in(app)
    page = await browser.submit(await changing(browser), password="passwordpassword")
    assert "passwordpassword" not in page.text


@pytest.mark.parametrize("form", [{}, {"password": ""}])
async def test_nothing_is_refused(app: App, enrolment: PasswordEnrolment, form: dict[str, str]) -> None:
    outcome = await enrolment.complete(visiting(app), a_journey(app, None), form)
    assert isinstance(outcome, Refused)
    assert outcome.errors["password"].id == "password.missing"


async def test_the_hint_names_the_length_that_holds_here(app: App, enrolment: PasswordEnrolment) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr="aal2"))
    view = await enrolment.begin(visiting(app), a_journey(app, None))
    assert view.fields[0].hint is not None
    assert view.fields[0].hint.values == {"count": 8}
