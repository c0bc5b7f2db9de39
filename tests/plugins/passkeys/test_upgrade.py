"""The offer of a passkey after a password: where it can be taken, once in a while, never as a demand."""

from __future__ import annotations

import httpx2
import pytest

from tests.plugins.passkeys.authenticator import Authenticator
from tests.plugins.passkeys.person import (
    answer,
    automatic_of,
    enrolled_beside,
    keys_of,
    options_of,
    refusals,
    sessions_of,
    set_up,
    sign_in,
    with_password,
)
from xenia.testing.app import App, Browser
from xenia.testing.people import EMAIL, PASSWORD
from xenia.users.models import User
from xenia_passkeys.models import OFFER


async def able(app: App, can: str = "passkey") -> tuple[Browser, httpx2.Response]:
    """A browser that says what it can, after the password."""
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL, can=can)
    return browser, await browser.submit(page, password=PASSWORD)


def is_offered(page: httpx2.Response) -> bool:
    return "Next time without a password?" in page.text


@pytest.fixture(autouse=True)
def form_with_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The field ``can`` is added by the script, so that no form has it."""
    from xenia.testing import app as testing

    find = testing.form_of
    monkeypatch.setattr(
        testing, "form_of", lambda page, fields: find(page, {name: fields[name] for name in fields if name != "can"})
    )


async def test_it_is_offered_after_a_password_and_taken_by_one_button(
    app: App, ada: User, phone: Authenticator
) -> None:
    browser, page = await able(app)
    assert is_offered(page)
    assert await sessions_of(app, ada) == []
    page = await answer(browser, page, phone.create(options_of(page)))
    assert page.url.path.endswith("/account")
    assert await keys_of(app, ada) == ["passkey"]
    _, page = await sign_in(app, phone)
    assert page.url.path.endswith("/account")


async def test_a_browser_that_can_makes_it_by_itself(app: App, ada: User, phone: Authenticator) -> None:
    """Nobody need be there for that (section 7.1 step 15); to sign in somebody must."""
    browser, page = await able(app)
    options = automatic_of(page)
    assert options["authenticatorSelection"]["userVerification"] == "preferred"
    quiet = phone.but(present=False, verifies=False)
    page = await answer(browser, page, quiet.create(options))
    assert page.url.path.endswith("/account")
    assert await keys_of(app, ada) == ["passkey"]


async def test_the_buttons_challenge_is_not_answered_by_nobody(app: App, ada: User, phone: Authenticator) -> None:
    browser, page = await able(app)
    page = await answer(browser, page, phone.but(present=False).create(options_of(page)))
    assert page.status_code == 422
    assert await refusals(app) == ["presence"]


async def test_what_was_offered_is_no_second_factor_that_nobody_wanted(
    app: App, ada: User, phone: Authenticator
) -> None:
    browser, page = await able(app)
    await answer(browser, page, phone.create(options_of(page)))
    _, page = await able(app)
    assert page.url.path.endswith("/account")


async def test_not_now_is_for_a_while_and_never_for_ever(app: App, ada: User) -> None:
    for action, said in (("later", "20"), ("never", "never")):
        browser, page = await able(app)
        assert is_offered(page)
        page = await browser.submit(page, action=action)
        assert page.url.path.endswith("/account")
        _, page = await able(app)
        assert page.url.path.endswith("/account")
        assert str(await app.kernel.snoozes.said(app.context, ada.id, OFFER)).startswith(said)
        await app.kernel.snoozes.forget(app.context, ada.id, OFFER)


async def test_a_while_is_over_by_the_databases_clock(app: App, ada: User) -> None:
    await app.kernel.snoozes.put_off(app.context, ada.id, OFFER, 1)
    await app.kernel.database.execute("UPDATE snoozes SET until = now() - interval '1 second'")
    _, page = await able(app)
    assert is_offered(page)


@pytest.mark.parametrize("can", ["", "other", "PASSKEY", "passkey<", "x" * 5000])
async def test_it_is_not_offered_where_it_can_t_be_made(app: App, ada: User, can: str) -> None:
    _, page = await able(app, can)
    assert page.url.path.endswith("/account")


async def test_it_is_not_offered_to_who_has_one(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled_beside(app, phone)
    _, page = await able(app)
    assert page.url.path.endswith("/account")


async def test_it_is_not_offered_where_the_tenant_doesn_t_want_it(app: App, ada: User) -> None:
    await set_up(app, upgrade=False)
    _, page = await able(app)
    assert page.url.path.endswith("/account")


async def test_without_a_script_it_is_not_offered_at_all(app: App, ada: User) -> None:
    _, page = await with_password(app)
    assert page.url.path.endswith("/account")


async def test_an_empty_form_says_what_is_missing(app: App, ada: User) -> None:
    browser, page = await able(app)
    page = await browser.submit(page, credential="")
    assert page.status_code == 422
    assert "Passkeys need JavaScript" in page.text
    page = await browser.submit(page, action="later")
    assert page.url.path.endswith("/account")
