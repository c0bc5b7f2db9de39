"""Into the console by OpenID Connect, and out of it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.plugins.admin.conftest import World
from xenia.api import UserQuery
from xenia.testing.app import Browser

COOKIE = "xenia-console-system"


def query_of(answer: httpx2.Response) -> dict[str, str]:
    """The query of a redirect."""
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def events(world: World, kind: str) -> int:
    """How many events of a kind there are in the tenant of administrators."""
    page = await world.kernel.database.fetchval(
        "SELECT count(*) FROM events WHERE tenant_id = 'system' AND type = $1", kind
    )
    return int(page)


async def test_a_page_without_a_session_leads_to_the_provider_with_pkce_state_and_nonce(world: World) -> None:
    answer = await world.app.browser("system").get("/console/demo/users?q=a", follow=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("http://localhost:8000/t/system/oauth/authorize?")
    query = query_of(answer)
    assert query["client_id"] == "console"
    assert query["code_challenge_method"] == "S256"
    assert query.keys() >= {"state", "nonce", "code_challenge"}
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=Lax" in answer.headers["set-cookie"]


async def test_an_administrator_comes_back_to_the_page_that_was_asked_for(world: World) -> None:
    browser = await world.signed_in(await world.user("chief@xenia.example", tenant="system", roles=("admin",)))
    page = await browser.get("/console/demo/users?q=ada")
    assert str(page.url).endswith("/t/system/console/demo/users?q=ada")
    assert page.status_code == 200
    assert browser.cookie(COOKIE)
    assert await events(world, "console.signed_in") == 1


@pytest.mark.parametrize(
    "path", ["/console/demo/users/%0d%0aSet-Cookie:%20a=b", "/console/demo/users/%E2%82%AC", "/console/%20"]
)
async def test_a_page_that_is_none_is_not_come_back_to(world: World, path: str) -> None:
    browser = await world.signed_in(await world.user("chief@xenia.example", tenant="system", roles=("admin",)))
    assert (await browser.get(path)).status_code in (200, 404)


async def test_the_whole_way_from_the_password_to_the_console(world: World) -> None:
    user = await world.user("chief@xenia.example", tenant="system", roles=("admin",), name="Robin Quill")
    await world.kernel.hooks.seed_credential(world.context("system"), user.id, "password", "violet ladders hum quietly")
    browser = world.app.browser("system")
    page = await browser.get("/console")
    page = await browser.submit(page, identifier="chief@xenia.example")
    page = await browser.submit(page, password="violet ladders hum quietly")
    assert str(page.url).endswith("/console/tenants"), page.text
    assert "Robin Quill" in page.text


async def test_somebody_without_a_role_of_administrators_is_refused_and_told_so(world: World) -> None:
    for place, roles in enumerate(((), ("nothing",), ("nothing:demo",))):
        browser = await world.signed_in(await world.user(f"a{place}@xenia.example", tenant="system", roles=roles))
        page = await browser.get("/console")
        assert page.status_code == 403
        assert not browser.cookie(COOKIE)
    assert await events(world, "console.refused") == 3


async def test_a_state_works_once_and_in_the_browser_that_it_was_made_for(world: World) -> None:
    user = await world.user("chief@xenia.example", tenant="system", roles=("admin",))
    browser = await world.signed_in(user)
    begun = await browser.get("/console", follow=False)
    answer = await browser.client.get(begun.headers["location"])
    back = answer.headers["location"]
    stranger = await world.signed_in(user)
    assert (await stranger.get(back, follow=False)).status_code == 400
    assert (await browser.get(back, follow=False)).status_code == 400, "a stranger's try spends it"


async def test_an_answer_that_nobody_asked_for_signs_nobody_in(world: World) -> None:
    browser = world.app.browser("system")
    for query in ("", "?state=x&code=y", "?error=access_denied&state=x", "?code=abc", "?state=%00"):
        assert (await browser.get(f"/console/callback{query}")).status_code == 400
    assert not browser.cookie(COOKIE)


async def test_an_error_of_the_provider_ends_the_sign_in(world: World) -> None:
    browser = world.app.browser("system")
    begun = await browser.get("/console", follow=False)
    answer = await browser.get(f"/console/callback?error=access_denied&state={query_of(begun)['state']}")
    assert answer.status_code == 400
    assert not browser.cookie(COOKIE)


async def test_the_end_of_the_session_behind_it_ends_the_console(world: World, chief: Browser) -> None:
    user = (await world.kernel.users.list(world.context("system"), UserQuery())).users[0]
    await world.kernel.sessions.end_all(world.context("system"), user.id, reason="test")
    assert (await chief.get("/console/demo", follow=False)).status_code == 303


async def test_a_role_that_is_taken_away_closes_the_console_at_once(world: World, chief: Browser) -> None:
    user = (await world.kernel.users.list(world.context("system"), UserQuery())).users[0]
    await world.kernel.users.set_roles(world.context("system"), user.id, ())
    assert (await chief.get("/console/demo", follow=False)).status_code == 303
    assert (await chief.get("/console/demo")).status_code == 403


async def test_an_idle_and_an_old_session_are_over(world: World, chief: Browser) -> None:
    database = world.kernel.database
    for change in ("last_seen_at = now() - interval '31 minutes'", "expires_at = now(), last_seen_at = now()"):
        await database.execute(f"UPDATE admin_sessions SET {change}")
        assert (await chief.get("/console/demo", follow=False)).status_code == 303


async def test_the_secret_of_a_session_is_not_stored(world: World, chief: Browser) -> None:
    secret = chief.cookie(COOKIE) or ""
    stored = await world.kernel.database.fetchval("SELECT string_agg(a::text, ' ') FROM admin_sessions a")
    assert secret
    assert secret not in stored


async def test_signing_out_ends_the_console_and_the_session_behind_it(world: World, chief: Browser) -> None:
    page = await chief.get("/console/demo")
    left = await chief.submit(page) if page.text.count("<form") == 1 else await chief.post("/console/sign-out", {})
    assert str(left.url).endswith("/console/signed-out")
    assert not chief.cookie(COOKIE)
    assert await world.kernel.database.fetchval("SELECT count(*) FROM admin_sessions") == 0
    assert await world.kernel.database.fetchval("SELECT count(*) FROM sessions WHERE ended_at IS NULL") == 0
    assert await events(world, "console.signed_out") == 1


async def test_the_console_is_served_by_the_tenant_of_administrators_alone(world: World) -> None:
    await world.kernel.tenants.change(world.context("system"), "demo", plugins=frozenset({"admin", "oidc", "password"}))
    for path in ("/console", "/console/demo", "/console/callback", "/console/signed-out", "/console/tenants"):
        assert (await world.app.browser("demo").get(path, follow=False)).status_code == 404


async def test_the_consoles_application_is_registered_once_and_follows_the_address(world: World) -> None:
    browser = world.app.browser("system")
    await browser.get("/console", follow=False)
    first = await world.kernel.applications.get(world.context("system"), "console")
    await browser.get("/console", follow=False)
    again = await world.kernel.applications.get(world.context("system"), "console")
    assert first == again
    assert first
    assert first.protocols["oidc"]["redirect_uris"] == ["http://localhost:8000/t/system/console/callback"]
