"""A single-page application by oidc-client-ts in a real browser: sign-in, renewal by refresh token and by a hidden frame."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.async_api import Page, Request, async_playwright

from tests.interop.serving import listening, running, served
from tests.plugins.oidc.support import Shop, ada, shop
from tests.programs import require
from xenia.db import Database

PAGES = Path(__file__).parent / "single_page"
LIBRARY = Path(__file__).parents[1] / "node/node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"
FILES = {
    "/": PAGES / "page.html",
    "/callback": PAGES / "page.html",
    "/silent": PAGES / "silent.html",
    "/application.js": PAGES / "application.js",
    "/oidc-client-ts.js": LIBRARY,
}
ADDRESS = "ada@acme.example"
PASSWORD = "correct horse battery staple 7"

pytestmark = pytest.mark.slow


async def site(scope: Any, receive: Any, send: Any) -> None:
    """The application's own server: files, and nothing secret."""
    file = FILES.get(scope["path"])
    kind = b"text/javascript" if file and file.suffix == ".js" else b"text/html"
    headers = [(b"content-type", kind + b"; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200 if file else 404, "headers": headers})
    await send({"type": "http.response.body", "body": file.read_bytes() if file else b""})


class Window:
    """A person's window with the application in it, and how its tokens were asked for."""

    def __init__(self, page: Page, application: str, issuer: str, client: Shop) -> None:
        self.page, self.application, self.issuer, self.client = page, application, issuer, client
        self.asked: list[str] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.url.startswith(f"{self.issuer}/oauth/"):
            endpoint = request.url.removeprefix(f"{self.issuer}/oauth/").partition("?")[0]
            within = "frame" if request.is_navigation_request() and request.frame.parent_frame else "page"
            self.asked.append(f"{endpoint} by {within}")

    async def calls(self, function: str) -> Any:
        """What a function of the application comes to."""
        return await self.page.evaluate(f"{function}()")

    async def signs_in(self) -> dict[str, Any]:
        """From the application, through our pages, and back."""
        await self.page.goto(f"{self.application}/?{urlencode({'authority': self.issuer})}")
        await self.page.evaluate("void manager.signinRedirect()")
        await self.page.fill("input[name=identifier]", ADDRESS)
        await self.page.press("input[name=identifier]", "Enter")
        await self.page.fill("input[name=password]", PASSWORD)
        await self.page.press("input[name=password]", "Enter")
        await self.page.wait_for_url(f"{self.application}/callback?*")
        user: dict[str, Any] = await self.calls("finishSignIn")
        self.asked.clear()
        return user


@asynccontextmanager
async def window(database: Database, **settings: Any) -> AsyncIterator[Window]:
    """The application and its provider on one site, ``localhost``, and somebody who has an account."""
    program = require("chromium")
    require("node 20")
    with listening() as (place, there):
        async with running(site, place), served(database) as (app, here), async_playwright() as playwright:
            own: dict[str, Any] = {
                "redirect_uris": [f"{there}/callback", f"{there}/silent"],
                "post_logout_redirect_uris": [f"{there}/"],
            }
            client = await shop(app, "spa", secret="", **own, **settings)
            user = await ada(app)
            assert await app.kernel.hooks.seed_credential(app.context, user.id, "password", PASSWORD)
            browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            page = await (await browser.new_context()).new_page()
            yield Window(page, there, f"{here}/t/acme", client)
            await browser.close()


async def test_tokens_are_renewed_by_refresh_token_then_by_a_hidden_frame(database: Database) -> None:
    async with window(database, grant_types=["authorization_code", "refresh_token"]) as person:
        first = await person.signs_in()
        assert (first["email"], first["refreshable"]) == (ADDRESS, True)

        second = await person.calls("renew")
        assert (second["email"], second["token"] != first["token"]) == (ADDRESS, True)
        assert person.asked == ["token by page", "userinfo by page"]

        await person.calls("forgetRefreshToken")
        person.asked.clear()
        third = await person.calls("renew")
        assert (third["email"], third["token"] not in (first["token"], second["token"])) == (ADDRESS, True)
        assert person.asked == ["authorize by frame", "token by page", "userinfo by page"]


async def test_the_hidden_frame_is_told_when_nobody_is_signed_in_any_more(database: Database) -> None:
    async with window(database) as person:
        assert (await person.signs_in())["refreshable"] is False
        await person.page.evaluate("void manager.signoutRedirect()")
        await person.page.wait_for_url(f"{person.application}/")
        assert await person.calls("renew") == {"problem": "login_required"}


FRAME = (
    "address => { const frame = document.createElement('iframe'); frame.src = address; document.body.append(frame); }"
)


async def test_no_page_of_ours_is_shown_in_a_frame(database: Database) -> None:
    async with window(database) as person:
        await person.page.goto(person.application)
        address = f"{person.issuer}/oauth/authorize?{urlencode(person.client.request())}"
        async with person.page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            await person.page.evaluate(FRAME, address)
        await person.page.frames[1].wait_for_url("chrome-error://chromewebdata/")
