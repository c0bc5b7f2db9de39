"""Registering a passkey and signing in with it: through the whole application."""

from __future__ import annotations

from tests.plugins.passkeys.authenticator import Authenticator
from tests.plugins.passkeys.person import enrolled, sessions_of, sign_in
from xenia.testing.app import App
from xenia.users.models import User


async def test_a_passkey_signs_in_from_a_cold_page_alone(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    _, page = await sign_in(app, phone)
    assert page.url.path.endswith("/account")
    assert (await sessions_of(app, ada))[-1] == ("aal3", ("hwk", "user", "mfa"))
