"""Every feature that connects to where a tenant or a client says: how it is told whereto, and what sets it off.

Each is tried with many addresses at once, so one that is refused must not keep the next from being tried.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, ClassVar, Protocol
from urllib.parse import quote

import msgspec
from joserfc.jwk import ECKey

from tests.plugins.oidc.support import Shop, ada, es256_token, shop, signed_in
from xenia.api import ChannelKind, Invalid, Outgoing, Secret, XeniaError, checked_settings, literal, new_id
from xenia.tenants.models import NewTenant
from xenia.tenants.tables import PUT_SETTINGS
from xenia.testing.app import App
from xenia.testing.people import a_journey, visiting
from xenia_admin.openid import Attempt
from xenia_admin.registration import own_client
from xenia_breached.settings import BreachedSettings, Unknown
from xenia_mail.settings import MailSettings
from xenia_oidc.assertion import TYPE
from xenia_password.policy import Policy
from xenia_protection.captcha import Captcha
from xenia_protection.settings import ProtectionSettings
from xenia_push.challenges import Challenges
from xenia_push.devices import credential_of
from xenia_push.models import Stored
from xenia_push.settings import PushSettings
from xenia_sms.settings import SmsSettings

KEY = ECKey.generate_key("P-256")
_STORE = "UPDATE applications SET protocols = jsonb_set(protocols, $2, to_jsonb($3::text)) WHERE id = $1"


class Caller(Protocol):
    """A feature. ``schemes`` are those that its addresses may have."""

    @property
    def schemes(self) -> tuple[str, ...]:
        """First the one with TLS."""
        ...

    async def call(self, app: App, addresses: Sequence[str], *, past_checks: bool) -> None:
        """Have it connect to each address in turn: configured as people do, or written to where it is stored."""
        ...


class OfClients:
    """What the registration of a client says. ``field`` is where."""

    schemes = ("https", "http")
    field: ClassVar[str]
    usual: ClassVar[dict[str, Any]] = {}

    async def registered(self, app: App, addresses: Sequence[str], *, past_checks: bool) -> list[Shop]:
        """A client for each address that is taken."""
        found = []
        for number, address in enumerate(addresses):
            settings = {**self.usual, self.field: "https://shop.example/" if past_checks else address}
            with suppress(Invalid):
                found.append(await shop(app, f"shop-{number}", secret="", **settings))
                if past_checks:
                    path = ["oidc", self.field]
                    await app.kernel.database.execute(_STORE, found[-1].id, path, address)
        return found


class BackChannelLogout(OfClients):
    """Tells every application of a session that it ended."""

    field = "backchannel_logout_uri"

    async def call(self, app: App, addresses: Sequence[str], *, past_checks: bool) -> None:
        """One person is signed in at all of them and signs out."""
        clients = await self.registered(app, addresses, past_checks=past_checks)
        user = await ada(app)
        browser = await signed_in(app, user)
        for client in clients:
            await client.tokens(browser)
        await app.kernel.sessions.end_all(app.context, user.id, reason="a test")
        await app.settle()


class ClientKeys(OfClients):
    """Fetches the keys that a client's assertion is checked by."""

    field = "jwks_uri"
    usual: ClassVar = {
        "token_endpoint_auth_method": "private_key_jwt",
        "grant_types": ["client_credentials"],
        "scopes": ["stock:read"],
        "redirect_uris": [],
    }

    async def call(self, app: App, addresses: Sequence[str], *, past_checks: bool) -> None:
        """Each client asks for a token."""
        for client in await self.registered(app, addresses, past_checks=past_checks):
            await client.http.post(client.at("/oauth/token"), data=asking(client, app.context.tenant))


def asking(client: Shop, tenant: str, **header: Any) -> dict[str, str]:
    """What a client with a key asks for a token with."""
    now = int(time.time())
    claims = {
        "iss": client.id,
        "sub": client.id,
        "aud": f"http://localhost:8000/t/{tenant}",
        "exp": now + 60,
        "jti": "1",
    }
    assertion = es256_token({"alg": "ES256", **header}, claims, KEY)
    return {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion}


class TenantMail:
    """Hands mail to the tenant's own server."""

    schemes = ("smtps", "smtp")

    async def call(self, app: App, addresses: Sequence[str], *, past_checks: bool) -> None:
        """A message for each server."""
        message = Outgoing(channel=ChannelKind.EMAIL, to="ada@acme.example", subject=literal("Hello"), body=())
        for address in addresses:
            with suppress(Invalid):
                await self._configure(app, address, past_checks=past_checks)
                async with app.kernel.transaction():
                    await app.kernel.notify.send(app.context, message)
                await app.kernel.background.worker.drain()

    async def _configure(self, app: App, address: str, *, past_checks: bool) -> None:
        if not past_checks:
            await app.kernel.config.put(app.context, MailSettings, MailSettings(smtp_url=Secret(address)))
            return
        sealed = await app.kernel.sealing.seal(app.context, "settings", "mail/.smtp_url", address.encode())
        await store(app, "mail", {"smtp_url": {"$sealed": base64.b64encode(sealed).decode()}})


class TextMessages:
    """Hands text messages to the tenant's own gateway."""

    schemes = ("https", "http")
    usual: ClassVar[dict[str, Any]] = {"provider": "http", "countries": ["DE"], "number_per_day": 100}

    async def call(self, app: App, addresses: Sequence[str], *, past_checks: bool) -> None:
        """A message for each gateway."""
        message = Outgoing(channel=ChannelKind.SMS, to="+4917604069000", subject=literal("Hello"), body=())
        for address in addresses:
            with suppress(Invalid):
                settings = {**self.usual, "http_url": address}
                if past_checks:
                    await store(app, "sms", settings)
                else:
                    await app.kernel.config.put(app.context, SmsSettings, checked_settings(SmsSettings, settings))
                async with app.kernel.transaction():
                    await app.kernel.notify.send(app.context, message)
                await app.kernel.background.worker.drain()


class PushRelay:
    """Wakes the device of who is asked for an approval."""

    schemes = ("https", "http")

    async def call(self, app: App, addresses: Sequence[str], *, past_checks: bool) -> None:
        """A request for each relay."""
        user = await ada(app)
        device = Stored(device=new_id(), jwk={}, platform="android", push_token="token")
        await app.kernel.credentials.add(app.context, user.id, credential_of(device, "Pocket"))
        for address in addresses:
            with suppress(XeniaError):
                if past_checks:
                    await store(app, "push", {"relay_url": address})
                else:
                    await app.kernel.config.put(app.context, PushSettings, PushSettings(relay_url=address))
                await app.kernel.database.execute("DELETE FROM push_challenges")
                await Challenges(app.kernel).start(visiting(app), a_journey(app, user))
                await app.kernel.background.worker.drain()


class Company:
    """Asks whether a token of another company's puzzle is good."""

    schemes = ("https", "http")
    usual: ClassVar[dict[str, Any]] = {"provider": "hcaptcha", "site_key": "a-key"}

    async def call(self, app: App, addresses: Sequence[str], *, past_checks: bool) -> None:
        """A token for each address."""
        for address in addresses:
            with suppress(XeniaError):
                given = {**self.usual, "verify_url": address}
                if past_checks:
                    await store(app, "protection", given)
                else:
                    settings = checked_settings(ProtectionSettings, given)
                    await app.kernel.config.put(app.context, ProtectionSettings, settings)
                kept = await app.kernel.config.get(app.context, ProtectionSettings)
                token = {"h-captcha-response": "a token"}
                assert not await Captcha(app.kernel).is_person(visiting(app), kept, token)


class RangeService:
    """Looks new passwords up where the tenant says."""

    schemes = ("https", "http")

    async def call(self, app: App, addresses: Sequence[str], *, past_checks: bool) -> None:
        """A new password for each service."""
        for address in addresses:
            with suppress(XeniaError):
                if past_checks:
                    await store(app, "breached", {"range_url": address, "unknown": "refuse"})
                else:
                    settings = BreachedSettings(range_url=address, unknown=Unknown.REFUSE)
                    await app.kernel.config.put(app.context, BreachedSettings, settings)
                await Policy(app.kernel).problem(visiting(app), None, "eleven calm otters by the quay", ())


class ConsoleSignIn:
    """Asks the issuer of the tenant of administrators what it is. Nobody can change an issuer, so it is always written."""

    schemes = ("https", "http")

    async def call(self, app: App, addresses: Sequence[str], *, past_checks: bool) -> None:
        """A sign-in begins under each issuer."""
        await console(app)
        for address in addresses:
            await issue(app, address.rstrip("/"))
            tenant = await app.kernel.tenants.get("system")
            assert tenant
            client = await own_client(app.kernel, tenant)
            with suppress(XeniaError):
                await client.authorization(Attempt.begun("/console", b""), "a state")


async def console(app: App) -> None:
    """The tenant of administrators."""
    new = NewTenant(id="system", title="Xenia", plugins=frozenset({"admin", "oidc", "password", "web"}))
    await app.kernel.tenants.create(app.context, new)


async def issue(app: App, issuer: str) -> None:
    """Let the tenant of administrators have this issuer."""
    await app.kernel.database.execute("UPDATE tenants SET issuer = $1 WHERE id = 'system'", issuer)


async def store(app: App, plugin: str, settings: dict[str, Any]) -> None:
    """Write settings to where they are kept, whatever they say."""
    data = msgspec.json.encode(settings).decode()
    await app.kernel.database.execute(PUT_SETTINGS, app.context.tenant, plugin, data, "console")


CALLERS: tuple[Caller, ...] = (
    BackChannelLogout(),
    ClientKeys(),
    TenantMail(),
    TextMessages(),
    PushRelay(),
    Company(),
    RangeService(),
    ConsoleSignIn(),
)
OVER_HTTP = tuple(caller for caller in CALLERS if "https" in caller.schemes)


def named(caller: Caller) -> str:
    """Its name among the tests'."""
    return type(caller).__name__


def quoted(address: str) -> str:
    """An address as a value in a query."""
    return quote(address, safe="")
