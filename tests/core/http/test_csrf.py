"""Every route that changes something refuses what another site sends."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from tests.core.http.raw import Answer, ask
from xenia.context import SYSTEM_TENANT
from xenia.http.models import Guard, GuardKind
from xenia.testing.app import App
from xenia.testing.people import EMAIL, PASSWORD
from xenia.users.models import User

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
FOREIGN: tuple[dict[str, str], ...] = (
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}, {"origin": "null"}, {},
    {"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, {"origin": "http://localhost:8000", "sec-fetch-site": "cross-site"},
    {"origin": "http://localhost:8000.evil.example"}, {"origin": "http://localhost"}, {"origin": "https://localhost:8000"},
    {"sec-fetch-site": "Same-Origin"}, {"sec-fetch-site": "nonsense"}, {"origin": "http://evil.example@localhost:8000"},
    {"referer": "http://localhost:8000/t/acme/account"}, {"x-csrf-token": "x"}, {"x-requested-with": "XMLHttpRequest"},
)  # fmt: skip


def unsafe_routes(app: App) -> Iterator[tuple[str, str, Guard]]:
    """Every method and path of the framework's that may change something and that browsers reach with cookies."""
    inner = app.front._inner
    assert isinstance(inner, Litestar)
    for route in inner.routes:
        for handler in getattr(route, "route_handlers", ()):
            guard = (handler.opt or {}).get("guard")
            if (
                isinstance(handler, HTTPRouteHandler)
                and isinstance(guard, Guard)
                and guard.kind is not GuardKind.BEARER
            ):
                for method in UNSAFE & {str(one) for one in handler.http_methods}:
                    yield method, re.sub(r"{[^}]*}", "00000000-0000-7000-8000-000000000000", route.path), guard


async def send(
    app: App, method: str, path: str, cookies: str, given: dict[str, str], body: bytes = b"", tenant: str = "acme"
) -> Answer:
    headers = {
        "host": "localhost:8000",
        "content-type": "application/x-www-form-urlencoded",
        "cookie": cookies,
        **given,
    }
    return await ask(
        app,
        f"/t/{tenant}{path}",
        method=method,
        headers=[(k.encode(), v.encode()) for k, v in headers.items()],
        chunks=[body],
    )


async def signed_in(app: App) -> str:
    """The cookies of Ada's browser."""
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    await browser.submit(page, password=PASSWORD)
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.client.cookies.jar)


async def test_there_are_routes_to_look_at(app: App) -> None:
    found = list(unsafe_routes(app))
    assert len(found) > 5
    assert {"/sign-out", "/recover"} <= {path for _, path, _ in found}


async def test_what_another_site_sends_is_refused_on_every_route(app: App, ada: User) -> None:
    cookies = await signed_in(app)
    await app.tenant(SYSTEM_TENANT)
    count = await _events(app)
    for method, path, guard in unsafe_routes(app):
        tenant = SYSTEM_TENANT if guard.kind is GuardKind.CONSOLE else "acme"  # where the console stands
        for given in FOREIGN:
            answer = await send(app, method, path, cookies, given, b"csrf=x&action=yes", tenant)
            if guard.cross_site:
                assert answer.status < 500
                assert not any(name == b"set-cookie" and b"xenia-session" in value for name, value in answer.headers)
            else:
                assert answer.status == 403, (method, path, given, answer.status)
    assert await _events(app) == count


async def test_a_route_that_takes_what_other_sites_send_only_leads_on(app: App, ada: User) -> None:
    """It stores a message and answers 303 (or refuses); nobody is signed in or out by it."""
    cookies = await signed_in(app)
    for method, path, guard in unsafe_routes(app):
        if guard.cross_site:
            answer = await send(app, method, path, cookies, {"sec-fetch-site": "cross-site"}, b"a=b")
            assert answer.status in (302, 303) or 400 <= answer.status < 500, (path, answer.status)
    assert len(await app.kernel.sessions.of_user(app.context, ada.id)) == 1


async def test_a_token_of_another_browser_is_no_token(app: App, ada: User) -> None:
    cookies = await signed_in(app)
    other = app.kernel.csrf.token("another browser")
    for given, body in (({"x-csrf-token": other}, b""), ({}, f"csrf={other}".encode())):
        assert (await send(app, "POST", "/sign-out", cookies, given, body)).status == 403


async def test_the_browsers_own_token_is_enough_without_any_header(app: App, ada: User) -> None:
    cookies = await signed_in(app)
    found = re.search(r"xenia-browser-acme=([^;]+)", cookies)
    assert found
    token = app.kernel.csrf.token(found[1])
    assert (await send(app, "POST", "/sign-out", cookies, {}, f"csrf={token}".encode())).status == 200


@pytest.mark.parametrize(
    "given", [{"sec-fetch-site": "same-origin"}, {"origin": "http://localhost:8000"}, {"sec-fetch-site": "none"}]
)
async def test_what_our_own_page_sends_is_taken(app: App, ada: User, given: dict[str, str]) -> None:
    cookies = await signed_in(app)
    assert (await send(app, "POST", "/sign-out", cookies, given)).status == 200


async def _events(app: App) -> int:
    return int(await app.kernel.database.fetchval("SELECT count(*) FROM events"))
