"""A real browser on its way through: it obeys the policies of our pages, with script and without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlencode

import pytest
from playwright.async_api import Page, async_playwright

from tests.interop.serving import Callback, listening, running, served
from tests.plugins.oidc.support import VERIFIER, ada, shop, signed_in
from tests.programs import require
from xenia.db import Database

PASSWORD = "correct horse battery staple 7"

pytestmark = pytest.mark.slow


@asynccontextmanager
async def opened(*, script: bool) -> AsyncIterator[Page]:
    """A window of a fresh browser, which complains of nothing."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=require("chromium"), args=["--no-sandbox"])
        page = await (await browser.new_context(java_script_enabled=script)).new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        yield page
        await browser.close()
    assert [complaint for complaint in complaints if "favicon" not in complaint and "404" not in complaint] == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("mode", ["query", "form_post"])
@pytest.mark.parametrize("first_party", [True, False], ids=["ours", "third party"])
async def test_a_person_signs_in_and_arrives(database: Database, mode: str, script: bool, first_party: bool) -> None:
    callback = Callback()
    with listening() as (place, there):
        async with running(callback, place), served(database) as (app, here), opened(script=script) as page:
            client = await shop(app, first_party=first_party, redirect_uris=[f"{there}/callback"])
            user = await ada(app)
            assert await app.kernel.hooks.seed_credential(app.context, user.id, "password", PASSWORD)
            await page.goto(f"{here}/t/acme/oauth/authorize?{urlencode(client.request(response_mode=mode))}")
            await page.fill("input[name=identifier]", "ada@acme.example")
            await page.press("input[name=identifier]", "Enter")
            await page.fill("input[name=password]", PASSWORD)
            await page.press("input[name=password]", "Enter")
            if not first_party:
                await page.click("button[value=allow]")
            if mode == "form_post" and not script:
                await page.click("form[data-form-post] button")
            await page.get_by_text("Arrived.").wait_for()
    (method, given), *more = callback.got
    assert (method, more) == ("POST" if mode == "form_post" else "GET", [])
    assert {"code", "state", "iss"} == parse_qs(given).keys()


FETCH = """
async ([token, userinfo, form]) => {
  try {
    const answer = await fetch(token, { method: 'POST', body: new URLSearchParams(form) });
    const tokens = await answer.json();
    const known = await fetch(userinfo, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    return (await known.json()).email ?? tokens.error;
  } catch (problem) {
    return `blocked: ${problem.name}`;
  }
}
"""


async def test_a_page_of_the_applications_own_origin_gets_tokens_and_no_other_page_does(database: Database) -> None:
    callback = Callback()
    with listening() as (place, there):
        async with running(callback, place), served(database) as (app, here), async_playwright() as playwright:
            client = await shop(app, "spa", secret="", redirect_uris=[f"{there}/callback"])
            person = await signed_in(app, await ada(app))
            code = await client.code(person)
            endpoints = [f"{here}/t/acme/oauth/token", f"{here}/t/acme/oauth/userinfo"]
            form = {"grant_type": "authorization_code", "client_id": "spa", "code": code}
            form |= {"redirect_uri": client.redirect_uri, "code_verifier": VERIFIER}
            browser = await playwright.chromium.launch(executable_path=require("chromium"), args=["--no-sandbox"])
            page = await browser.new_page()
            await page.goto(there.replace("localhost", "127.0.0.1"))
            assert await page.evaluate(FETCH, [*endpoints, {**form, "code": "x"}]) == "blocked: TypeError"
            await page.goto(there)
            assert await page.evaluate(FETCH, [*endpoints, form]) == "ada@acme.example"
            await browser.close()
