"""What other plugins may add: grant types, claims, and a say in what is released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import pytest

from tests.plugins.oidc.support import CALLBACK, ada, shop, signed_in
from xenia.api import Context, Host, Manifest, User, hookimpl, literal
from xenia.plugin.manifest import Plugin, discover
from xenia.testing.app import App, MakeApp
from xenia_oidc.token.grants import TokenGrant, TokenRequest
from xenia_oidc.token.response import token_response

GRANT = "urn:example:params:oauth:grant-type:wish"


class Wish:
    """A grant type that gives whoever asks a token for itself."""

    name = GRANT

    async def answer(self, request: TokenRequest) -> Mapping[str, Any]:
        """An access token."""
        grant = await request.provider.host.grants.of_client(request.context, request.client.id)
        return await token_response(request, grant, ("stock:read",))


class Weather:
    """A source of claims, which fails for those who have no name."""

    name = "weather"
    names = frozenset({"weather", "mood"})

    async def claims(self, context: Context, user: User, wanted: frozenset[str]) -> dict[str, Any]:
        """The weather, and something that nobody asked for."""
        if not user.attributes.get("given_name"):
            raise RuntimeError("no name")
        return {"weather": "fair", "secret": "unasked"}


class Discretion:
    """The hooks of a plugin that keeps addresses to itself."""

    @hookimpl
    def register_grants(self, host: Host) -> Sequence[TokenGrant]:
        """One grant type."""
        return (Wish(),)

    @hookimpl
    def register_claim_sources(self, host: Host) -> Sequence[Any]:
        """One source."""
        return (Weather(),)

    @hookimpl
    async def approve_release(self, context: Context, user: User, claims: Mapping[str, Any]) -> Sequence[str]:
        """No e-mail addresses."""
        return ("email",)


def _plugin() -> Plugin:
    module = ModuleType("discretion")
    hooks = Discretion()
    for name in ("register_grants", "register_claim_sources", "approve_release"):
        setattr(module, name, getattr(hooks, name))
    return Plugin(Manifest(name="discretion", title=literal("Discretion"), summary=literal("")), module)


@pytest.fixture
async def extended(make_app: MakeApp) -> App:
    """The application with that plugin."""
    made = await make_app([*discover(), _plugin()])
    await made.tenant()
    return made


async def test_another_plugins_grant_type_works_for_clients_that_name_it(extended: App) -> None:
    settings: dict[str, Any] = {"redirect_uris": [CALLBACK], "scopes": ["stock:read"]}
    named = await shop(extended, "named", grant_types=["authorization_code", GRANT], **settings)
    other = await shop(extended, "other", **settings)
    assert (await named.post("/oauth/token", {"grant_type": GRANT})).json()["scope"] == "stock:read"
    assert (await other.post("/oauth/token", {"grant_type": GRANT})).json()["error"] == "unauthorized_client"


async def test_where_that_plugin_is_off_its_grant_type_does_not_exist(extended: App) -> None:
    client = await shop(extended, grant_types=["authorization_code", GRANT])
    await extended.kernel.tenants.change(extended.context, "acme", plugins=frozenset({"oidc", "web"}))
    assert (await client.post("/oauth/token", {"grant_type": GRANT})).json()["error"] == "unsupported_grant_type"
    said = (await client.http.get(client.at("/.well-known/openid-configuration"))).json()
    assert GRANT not in said["grant_types_supported"]


async def test_claims_of_other_plugins_come_where_the_registration_names_them(extended: App) -> None:
    browser = await signed_in(extended, await ada(extended))
    told = await shop(extended, "told", claims=["weather"])
    untold = await shop(extended, "untold")
    known = (await told.userinfo((await told.tokens(browser))["access_token"])).json()
    assert known["weather"] == "fair"
    assert "secret" not in known
    assert "weather" not in (await untold.userinfo((await untold.tokens(browser))["access_token"])).json()


async def test_a_source_that_fails_costs_only_its_own_claims(extended: App) -> None:
    user = await ada(extended)
    await extended.kernel.users.set_attributes(extended.context, user.id, {"given_name": None})
    client = await shop(extended, claims=["weather"])
    known = await client.userinfo((await client.tokens(await signed_in(extended, user)))["access_token"])
    assert known.json()["name"] == "Quillfeather"


async def test_what_a_plugin_withholds_is_released_nowhere(extended: App) -> None:
    client, browser = await shop(extended), await signed_in(extended, await ada(extended))
    tokens = await client.tokens(browser, claims='{"id_token": {"email": null, "email_verified": null}}')
    known = (await client.userinfo(tokens["access_token"])).json()
    said = await client.claims(tokens["id_token"])
    assert "email" not in known
    assert "email" not in said
    assert (known["name"], said["email_verified"]) == ("Ada Quillfeather", True)


async def test_roles_are_told_to_applications_that_are_registered_for_them(app: App) -> None:
    user = await ada(app)
    await app.kernel.users.set_roles(app.context, user.id, ("member",))
    client = await shop(app, claims=["roles"])
    known = await client.userinfo((await client.tokens(await signed_in(app, user)))["access_token"])
    assert known.json()["roles"] == ["member"]
