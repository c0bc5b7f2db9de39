"""The way through a sign-in: from the application, through the password, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2
import msgspec
import pytest

from tests.plugins.oidc.support import CALLBACK, Shop, ada, parameters_of, shop, signed_in
from xenia.api import User
from xenia.testing.app import App, Browser

PASSWORD = "correct horse battery staple 7"


async def _person(app: App, email: str = "ada@acme.example") -> User:
    user = await ada(app, email)
    assert await app.kernel.hooks.seed_credential(app.context, user.id, "password", PASSWORD)
    return user


async def _sign_in(browser: Browser, page: httpx2.Response, email: str = "ada@acme.example") -> httpx2.Response:
    """From the first page of a journey to the answer that leaves it."""
    if 'name="identifier"' in page.text:
        page = await browser.submit(page, identifier=email)
    return await browser.submit(page, follow=False, password=PASSWORD)


async def test_a_sign_in_ends_at_the_application_with_a_code_that_works(app: App) -> None:
    client = await shop(app)
    await _person(app)
    browser = app.browser()
    page = await browser.get(client.address())
    assert page.status_code == 200
    assert "https://shop.example" in page.headers["content-security-policy"]
    answer = await _sign_in(browser, page)
    assert (answer.status_code, answer.headers["location"].startswith(CALLBACK)) == (303, True)
    assert (await client.redeem(parameters_of(answer)["code"])).status_code == 200
    assert "code" in parameters_of(await browser.get(client.address(prompt="none"), follow=False))


async def test_prompt_login_asks_again_and_the_time_of_the_sign_in_grows(app: App) -> None:
    client, user = await shop(app, require_auth_time=True), await _person(app)
    browser = await signed_in(app, user)
    before = await client.claims((await client.tokens(browser))["id_token"])
    answer = await _sign_in(browser, await browser.get(client.address(prompt="login")))
    after = await client.claims((await client.redeem(parameters_of(answer)["code"])).json()["id_token"])
    assert after["sub"] == before["sub"]
    assert after["auth_time"] >= before["auth_time"]


async def test_max_age_nought_asks_again(app: App) -> None:
    client, user = await shop(app), await _person(app)
    page = await (await signed_in(app, user)).get(client.address(max_age="0"))
    assert "/journey/" in str(page.url)


async def test_who_turns_back_is_told_to_the_application(app: App) -> None:
    client = await shop(app)
    browser = app.browser()
    page = await browser.get(client.address())
    answer = await browser.post(str(page.url.path), {"action": "cancel"}, follow=False)
    assert parameters_of(answer)["error"] == "access_denied"


async def test_another_person_than_the_hinted_one_is_not_passed_off_as_them(app: App) -> None:
    client, user = await shop(app), await _person(app)
    await _person(app, "grace@acme.example")
    hint = (await client.tokens(await signed_in(app, user)))["id_token"]
    browser = app.browser()
    page = await browser.get(client.address(id_token_hint=hint))
    answer = await _sign_in(browser, page, "grace@acme.example")
    assert parameters_of(answer)["error"] == "login_required"


@pytest.mark.parametrize(
    ("changes", "page"),
    [
        ({"redirect_uris": ["https://shop.example/new"]}, True),
        ({"grant_types": ["client_credentials"]}, True),
        ({"scopes": ["phone"]}, False),
        ({"response_modes": ["fragment"]}, False),
    ],
)
async def test_what_the_client_lost_during_the_sign_in_is_lost(
    app: App, changes: Mapping[str, Any], page: bool
) -> None:
    client = await shop(app)
    await _person(app)
    browser = app.browser()
    shown = await browser.get(client.address(response_mode="query"))
    known = await app.kernel.applications.get(app.context, "shop")
    assert known is not None
    changed = {"oidc": {**known.protocols["oidc"], **changes}}
    await app.kernel.applications.put(app.context, msgspec.structs.replace(known, protocols=changed))
    answer = await _sign_in(browser, shown)
    if page:
        assert (answer.status_code, "location" in answer.headers) == (400, False)
    else:
        assert "error" in parameters_of(answer)


async def test_after_a_sign_in_a_third_party_still_needs_consent_and_then_gets_its_code(app: App) -> None:
    client = await shop(app, first_party=False)
    await _person(app)
    browser = app.browser()
    answer = await _sign_in(browser, await browser.get(client.address()))
    assert answer.headers["location"].startswith("/t/acme/oauth/consent/")
    agreed = await browser.submit(await browser.get(answer.headers["location"]), action="allow", follow=False)
    assert (await client.redeem(parameters_of(agreed)["code"])).status_code == 200


async def test_a_sign_in_by_script_ends_by_leaving_the_page(app: App) -> None:
    client: Shop = await shop(app)
    await _person(app)
    browser = app.browser(**{"hx-request": "true"})
    moved = await browser.get(client.address(), follow=False)
    page = await browser.get(moved.headers.get("location") or moved.headers["hx-redirect"])
    answer = await _sign_in(browser, page)
    assert answer.headers["hx-redirect"].startswith(CALLBACK)


async def test_an_assurance_that_is_essential_and_not_there_is_never_passed_over(app: App) -> None:
    client, user = await shop(app), await _person(app)
    browser = await signed_in(app, user)
    essential = '{"id_token": {"acr": {"essential": true, "values": ["aal2", "aal3"]}}}'
    silent = await browser.get(client.address(prompt="none", claims=essential), follow=False)
    assert parameters_of(silent)["error"] in ("login_required", "interaction_required")
    page = await browser.get(client.address(claims=essential))
    assert "/journey/" in str(page.url)
    strong = await signed_in(app, user, acr="aal2")
    tokens = await client.tokens(strong, claims=essential)
    assert (await client.claims(tokens["id_token"]))["acr"] == "aal2"


async def test_a_voluntary_assurance_never_stands_in_the_way(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await _person(app))
    assert "id_token" in await client.tokens(browser, acr_values="gold aal3")


async def test_prompt_create_leads_to_the_registration(app: App) -> None:
    client = await shop(app)
    page = await app.browser().get(client.address(prompt="create"))
    assert page.status_code == 200
    assert "/journey/" in str(page.url)
