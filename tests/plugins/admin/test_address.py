"""The console at an origin of its own (``console_url``)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.plugins.admin.conftest import World, make_world
from xenia.testing.app import MakeApp

CONSOLE = "http://console.localhost:8000"
PROVIDER = "http://localhost:8000"


@pytest.fixture
async def apart(make_app: MakeApp) -> World:
    """The console apart from the tenants."""
    return await make_world(make_app, console_url=CONSOLE)


async def came_in(world: World) -> httpx2.AsyncClient:
    """A browser that went from the console's own address to the provider and back, to the page that was asked for."""
    user = await world.user("chief@xenia.example", tenant="system", roles=("admin",))
    client = (await world.signed_in(user)).client
    away = await client.get(f"{CONSOLE}/console/demo/users")
    asked = urlsplit(away.headers["location"])
    assert f"{asked.scheme}://{asked.netloc}" == PROVIDER
    assert parse_qs(asked.query)["redirect_uri"] == [f"{CONSOLE}/console/callback"]
    back = await client.get(away.headers["location"])
    assert back.headers["location"].startswith(f"{CONSOLE}/console/callback?")
    inside = await client.get(back.headers["location"])
    assert inside.headers["location"] == "/console/demo/users"
    return client


async def test_an_administrator_signs_in_at_the_consoles_own_address(apart: World) -> None:
    client = await came_in(apart)
    page = await client.get(f"{CONSOLE}/console/demo/users")
    assert page.status_code == 200
    assert 'href="/console/demo' in page.text.replace("&#x2f;", "/")
    assert PROVIDER in page.headers["content-security-policy"], "signing out leads to the provider"
    root = await client.get(f"{CONSOLE}/")
    assert root.headers["location"] == "/console/tenants"


async def test_what_is_posted_must_come_from_the_consoles_own_address(apart: World) -> None:
    client = await came_in(apart)
    for origin, status in ((CONSOLE, 303), (PROVIDER, 403)):
        headers = {"origin": origin, "sec-fetch-site": "same-origin"}
        made = await client.post(f"{CONSOLE}/console/demo/users/new", data={"email": "a@demo.example"}, headers=headers)
        assert made.status_code == status, origin


async def test_signing_out_comes_back_to_it(apart: World) -> None:
    client = await came_in(apart)
    left = await client.post(f"{CONSOLE}/console/sign-out", headers={"origin": CONSOLE})
    assert left.headers["location"].startswith(f"{PROVIDER}/t/system/oauth/")
    assert parse_qs(urlsplit(left.headers["location"]).query)["post_logout_redirect_uri"] == [
        f"{CONSOLE}/console/signed-out"
    ]
    assert (await client.get(f"{CONSOLE}/console/signed-out")).status_code == 200


async def test_the_tenants_address_leads_there_and_signs_nobody_in(apart: World) -> None:
    answer = await apart.app.browser("system").get("/console/demo/users?q=a", follow=False)
    assert answer.headers["location"] == f"{CONSOLE}/console/demo/users?q=a"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/sign-in", "/account", "/oauth/authorize", "/t/demo/sign-in", "/.well-known/openid-configuration"]
)
async def test_nothing_but_the_console_is_served_there(apart: World, path: str) -> None:
    assert (await apart.app.browser("system").client.get(f"{CONSOLE}{path}")).status_code == 404
