"""Apache's mod_auth_openidc guards a page with us: sign-in, sign-out from either side, and a name that isn't ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import quote

import pytest

from tests.interop.apache import Apache, apache
from tests.interop.person import Person, person
from tests.interop.serving import served
from tests.plugins.oidc.support import SECRET, ada, shop
from xenia.db import Database
from xenia.testing.app import App

ADDRESS = "ada@acme.example"
PASSWORD = "correct horse battery staple 7"

pytestmark = pytest.mark.slow


class Stage:
    """Apache before its page, Xenia behind Apache, and a person who has an account."""

    def __init__(self, app: App, issuer: str, site: Apache, visitor: Person) -> None:
        self.app, self.issuer, self.site, self.visitor = app, issuer, site, visitor

    async def sign_in(self) -> str:
        """Go to the guarded page, and in; what is to be read there."""
        page = await self.visitor.opens(self.site.members)
        assert str(page.url).startswith(f"{self.issuer}/")
        page = await self.visitor.signs_in(page, ADDRESS, PASSWORD)
        return page.text

    async def leads_to(self) -> str:
        """Where somebody goes who asks for the guarded page: nowhere, or to the provider."""
        answer = await self.visitor.client.get(self.site.members, follow_redirects=False)
        return str(answer.headers.get("location", "")).partition("?")[0]


@asynccontextmanager
async def stage(database: Database, client: dict[str, Any] | None = None, **directives: str) -> AsyncIterator[Stage]:
    """Everything, with more settings for our client and more directives for Apache."""
    async with AsyncExitStack() as stack:
        app, address = await stack.enter_async_context(served(database))
        site = await stack.enter_async_context(apache())
        issuer = f"{address}/t/acme"
        given = {
            "redirect_uris": [site.back],
            "post_logout_redirect_uris": [f"{site.address}/out.html"],
            "backchannel_logout_uri": f"{site.back}?logout=backchannel",
            "id_token_signed_response_alg": "RS256",
            **(client or {}),
        }
        await shop(app, **given)
        user = await ada(app)
        assert await app.kernel.hooks.seed_credential(app.context, user.id, "password", PASSWORD)
        settings = {
            "OIDCProviderMetadataURL": f"{issuer}/.well-known/openid-configuration",
            "OIDCClientID": "shop",
            "OIDCClientSecret": SECRET,
            **directives,
        }
        await stack.enter_async_context(site.running(settings))
        visitor = await stack.enter_async_context(person())
        yield Stage(app, issuer, site, visitor)


@pytest.mark.parametrize(
    ("client", "directives"),
    [
        ({}, {}),
        ({"token_endpoint_auth_method": "client_secret_post"}, {"OIDCProviderTokenEndpointAuth": "client_secret_post"}),
        ({}, {"OIDCResponseMode": "form_post"}),
        ({"id_token_signed_response_alg": "ES256"}, {"OIDCUserInfoTokenMethod": "post_param"}),
    ],
    ids=["as it comes", "client_secret_post", "form_post", "ES256, token in the body"],
)
async def test_a_person_signs_in_and_out(
    database: Database, client: dict[str, Any], directives: dict[str, str]
) -> None:
    async with stage(database, client, **directives) as here:
        email, subject, name = (await here.sign_in()).split()
        assert (email, name) == (ADDRESS, "Ada"), here.site.log
        assert subject not in ("", "(none)")
        assert await here.leads_to() == ""
        away = await here.visitor.opens(f"{here.site.back}?logout={quote(f'{here.site.address}/out.html')}")
        assert away.text == "You are out."
        assert await here.leads_to() == f"{here.issuer}/oauth/authorize"
        again = await here.visitor.opens(here.site.members)
        assert 'name="identifier"' in again.text, "signed out at the provider too"


async def test_who_signs_out_with_us_is_signed_out_there(database: Database) -> None:
    async with stage(database) as here:
        await here.sign_in()
        assert await here.leads_to() == ""
        page = await here.visitor.opens(f"{here.issuer}/sign-out")
        await here.visitor.sends(page)
        assert await here.leads_to() == "", "the application isn't told yet"
        await here.app.settle()
        assert await here.leads_to() == f"{here.issuer}/oauth/authorize"


async def test_a_provider_of_another_name_signs_nobody_in(database: Database) -> None:
    async with stage(database, OIDCProviderIssuer="http://localhost:9/t/acme") as here:
        said = await here.sign_in()
        assert ADDRESS not in said
        assert "does not match the issuer provided in the response" in here.site.log, "by RFC 9207's iss"
        assert await here.leads_to() == f"{here.issuer}/oauth/authorize"
