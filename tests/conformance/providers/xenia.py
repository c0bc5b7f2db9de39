"""Xenia, through its ASGI application: the whole of it but the sockets."""

from __future__ import annotations

from typing import Any, cast

import httpx2

from tests.conformance.expect import NotConforming
from tests.conformance.forms import Form
from tests.conformance.notices import Notices
from tests.conformance.providers.provider import BASIC, CLAIMS, EMAIL, POST, Provider, Registration
from tests.conformance.visitor import Outcome, Page, Visitor
from xenia.api import Application, IdentifierKind, NewIdentifier, NewUser, User
from xenia.testing.app import PUBLIC_URL, App

PASSWORD = "violet ladders hum quietly 7"
_SEEDINGS = 5
_AGEING = ("sessions", "grants", "codes", "refresh_tokens")
_OLDER = """
    SELECT format('UPDATE %I SET %s', table_name,
        string_agg(format('%1$I = %1$I - make_interval(secs => %2$s)', column_name, $2::int), ', '))
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = ANY($1) AND data_type = 'timestamp with time zone' GROUP BY table_name"""


class Xenia(Provider):
    """The tenant ``acme`` of a test's application."""

    def __init__(self, app: App, notices: Notices) -> None:
        transport = httpx2.ASGITransport(app=cast("Any", app.front), client=("192.0.2.1", 4000))
        super().__init__(f"{PUBLIC_URL}/t/acme", transport, notices)
        self._app = app

    async def prepare(self) -> None:
        """Register the clients and the person."""
        for registration in (BASIC, POST):
            await self._register(registration)
        app = self._app
        user = await app.kernel.users.create(app.context, _person())
        assert await self._seed(user)

    async def _seed(self, user: User) -> bool:
        """Give the person a password. Hashing yields to everything else: on a busy machine a hook's patience may end first."""
        hooks = self._app.kernel.hooks
        for _ in range(_SEEDINGS):
            if await hooks.seed_credential(self._app.context, user.id, "password", PASSWORD):
                return True
        return False

    async def _register(self, registration: Registration) -> None:
        """The plans' requests know neither PKCE nor always a nonce: the switch for old clients lets them in."""
        part = {
            "redirect_uris": [registration.redirect_uri],
            "post_logout_redirect_uris": [registration.post_logout_redirect_uri],
            "token_endpoint_auth_method": registration.method,
            "grant_types": ["authorization_code", "refresh_token"],
            "require_pkce": "allow_missing_pkce_and_nonce",
            "require_auth_time": True,
            "backchannel_logout_uri": self.notices.address if registration is BASIC else "",
        }
        application = Application(
            tenant="acme", id=registration.id, title=registration.id, first_party=True, protocols={"oidc": part}
        )
        await self._app.kernel.applications.put(self._app.context, application)
        await self._app.kernel.applications.add_secret(self._app.context, registration.id, registration.secret)

    async def sign_in(self, visitor: Visitor, page: Page) -> Outcome:
        """E-mail address, password, and consent where an application asked for it."""
        outcome: Outcome = page
        for name, value in (("identifier", EMAIL), ("password", PASSWORD), ("action", "allow")):
            if isinstance(outcome, Page) and (form := _asking(outcome, name)):
                outcome = await visitor.submit(outcome, form, **{name: value})
        if outcome is page:
            raise NotConforming(f"no sign-in begins at {page.address} ({page.status})")
        return outcome

    async def confirm_logout(self, visitor: Visitor, page: Page) -> Outcome:
        """One button."""
        asked = [form for form in page.forms if form.action.endswith("/oauth/logout/confirm")]
        return await visitor.submit(page, asked[0]) if asked else page

    async def let_pass(self, seconds: int) -> None:
        """Move every time of the sessions and what hangs on them back in the database."""
        database = self._app.kernel.database
        for (statement,) in await database.fetch(_OLDER, list(_AGEING), seconds):
            await database.execute(statement)

    async def settle(self) -> None:
        """Events are reacted to, and jobs run."""
        await self._app.settle()


def _asking(page: Page, name: str) -> Form | None:
    """The form for one step. A step's own page has buttons called ``action`` too, for turning back: consent is known by its address."""
    if name == "action" and "/oauth/consent/" not in page.address:
        return None
    return next((form for form in page.forms if form.has(name)), None)


def _person() -> NewUser:
    identifiers = (
        NewIdentifier(kind=IdentifierKind.EMAIL, value=EMAIL, verified=True),
        NewIdentifier(kind=IdentifierKind.PHONE, value=CLAIMS["phone_number"]),
    )
    attributes = {name: CLAIMS[name] for name in ("given_name", "family_name", "address")}
    return NewUser(identifiers=identifiers, attributes=attributes)
