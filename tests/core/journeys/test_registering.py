"""Who may register: whom the tenant lets, and nobody by another way."""

from __future__ import annotations

import pytest

from tests.core.journeys.world import begun, own_session
from xenia.tenants.models import SignInSettings, SignUpMode
from xenia.testing.app import App
from xenia.testing.people import PASSWORD
from xenia.users.models import IdentifierKind

NEW = "new@example.org"


async def close(app: App, mode: SignUpMode) -> None:
    """Nobody registers here from now on."""
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(sign_up=mode, verified_email=False))


@pytest.mark.parametrize("mode", [SignUpMode.CLOSED, SignUpMode.INVITED])
async def test_where_nobody_may_register_the_way_to_it_leads_to_the_sign_in(app: App, mode: SignUpMode) -> None:
    await close(app, mode)
    browser = app.browser()
    page = await browser.submit(await begun(browser, "/sign-up"), identifier=NEW)
    page = await browser.submit(page, password=PASSWORD)
    assert page.status_code == 422
    assert not own_session(page)
    assert await app.kernel.users.find(app.context, IdentifierKind.EMAIL, NEW) is None


async def test_a_registration_that_was_begun_before_ends_without_an_account(app: App) -> None:
    browser = app.browser()
    page = await browser.submit(await begun(browser, "/sign-up"), identifier=NEW)
    await close(app, SignUpMode.CLOSED)
    page = await browser.submit(page, password=PASSWORD)
    assert page.status_code == 403
    assert await app.kernel.users.find(app.context, IdentifierKind.EMAIL, NEW) is None
