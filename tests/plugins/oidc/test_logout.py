"""Signing out by an application's wish, and telling the others."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from tests.plugins.oidc.support import Shop, ada, shop, signed_in
from xenia.api import Unavailable
from xenia.testing.app import App, Browser
from xenia_oidc import backchannel
from xenia_oidc.provider import provider_of

AFTER = "https://shop.example/bye"


async def _world(app: App, **settings: Any) -> tuple[Shop, Browser, str]:
    client = await shop(app, post_logout_redirect_uris=[AFTER], **settings)
    browser = await signed_in(app, await ada(app))
    return client, browser, (await client.tokens(browser))["id_token"]


def _logout(**parameters: str) -> str:
    return f"/oauth/logout?{urlencode(parameters)}"


async def _is_signed_in(client: Shop, browser: Browser) -> bool:
    answer = await browser.get(client.address(prompt="none"), follow=False)
    return "code=" in answer.headers["location"]


async def test_a_good_hint_signs_out_at_once_and_leads_back_with_the_state(app: App) -> None:
    client, browser, hint = await _world(app)
    answer = await browser.get(_logout(id_token_hint=hint, post_logout_redirect_uri=AFTER, state="s 1"), follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{AFTER}?state=s+1")
    assert not await _is_signed_in(client, browser)


async def test_without_a_hint_the_person_is_asked_first(app: App) -> None:
    client, browser, _ = await _world(app)
    page = await browser.get(_logout(), follow=False)
    assert page.status_code == 200
    assert await _is_signed_in(client, browser)
    done = await browser.submit(page)
    assert done.status_code == 200
    assert not await _is_signed_in(client, browser)


async def test_an_address_without_hint_or_client_is_not_gone_to(app: App) -> None:
    _, browser, _ = await _world(app)
    page = await browser.get(_logout(post_logout_redirect_uri=AFTER, state="s"), follow=False)
    done = await browser.submit(page, follow=False)
    assert done.headers["location"] == "/t/acme/oauth/signed-out"


async def test_a_hint_about_somebody_else_asks_first(app: App) -> None:
    client, _, hint = await _world(app)
    other = await signed_in(app, await ada(app, "grace@acme.example"))
    page = await other.get(_logout(id_token_hint=hint, post_logout_redirect_uri=AFTER), follow=False)
    assert page.status_code == 200
    assert await _is_signed_in(client, other)
    done = await other.submit(page, follow=False)
    assert done.headers["location"] == AFTER


@pytest.mark.parametrize(
    "address",
    ["https://shop.example/bye?x=1", "https://evil.example/", "https://shop.example/bye/", "javascript:alert(1)"],
)
async def test_only_a_registered_address_is_gone_to(app: App, address: str) -> None:
    client, browser, hint = await _world(app)
    answer = await browser.get(_logout(id_token_hint=hint, post_logout_redirect_uri=address), follow=False)
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    assert await _is_signed_in(client, browser)


async def test_a_forged_hint_is_refused(app: App) -> None:
    client, browser, hint = await _world(app)
    head, body, _ = hint.split(".")
    for forged in ("eyJhbGciOiJub25lIn0." + body + ".", f"{head}.{body}.", hint[:-4] + "AAAA", "x"):
        answer = await browser.get(_logout(id_token_hint=forged, post_logout_redirect_uri=AFTER), follow=False)
        assert answer.status_code == 400
    assert await _is_signed_in(client, browser)


async def test_a_hint_and_a_client_must_agree_and_nothing_comes_twice(app: App) -> None:
    client, browser, hint = await _world(app)
    await shop(app, "other")
    assert (await browser.get(_logout(id_token_hint=hint, client_id="other"), follow=False)).status_code == 400
    assert (await browser.get(_logout(id_token_hint=hint) + f"&id_token_hint={hint}", follow=False)).status_code == 400
    assert await _is_signed_in(client, browser)


async def test_the_question_is_answered_from_our_own_page_only_and_once(app: App) -> None:
    client, browser, _ = await _world(app)
    page = await browser.get(_logout(), follow=False)
    browser.client.headers["sec-fetch-site"] = "cross-site"
    assert (await browser.submit(page, follow=False)).status_code == 403
    assert await _is_signed_in(client, browser)
    browser.client.headers["sec-fetch-site"] = "same-origin"
    assert (await browser.submit(page, follow=False)).status_code == 303
    assert (await browser.submit(page, follow=False)).status_code == 404


async def test_a_posted_wish_becomes_the_same_get(app: App) -> None:
    client, browser, hint = await _world(app)
    browser.client.headers["sec-fetch-site"] = "cross-site"
    moved = await browser.post(
        "/oauth/logout", {"id_token_hint": hint, "post_logout_redirect_uri": AFTER}, follow=False
    )
    assert moved.status_code == 303
    assert (await browser.get(moved.headers["location"], follow=False)).headers["location"] == AFTER
    assert not await _is_signed_in(client, browser)


class Outside:
    """Stands for the applications that are told."""

    def __init__(self, statuses: list[int]) -> None:
        self.statuses = statuses
        self.told: list[tuple[str, str]] = []

    def http_client(self, **_: Any) -> Outside:
        return self

    async def __aenter__(self) -> Outside:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def post(self, url: str, *, data: dict[str, str]) -> httpx2.Response:
        self.told.append((url, data["logout_token"]))
        return httpx2.Response(self.statuses.pop(0) if self.statuses else 200)


async def test_every_application_of_the_session_is_told_by_a_signed_token_that_can_be_no_id_token(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = Outside([])
    monkeypatch.setattr(app.kernel, "dialer", outside)
    client, browser, hint = await _world(app, backchannel_logout_uri="https://shop.example/out")
    other = await shop(app, "other", backchannel_logout_uri="https://other.example/out")
    untold = await shop(app, "untold")
    for one in (other, untold):
        await one.tokens(browser)
    await browser.get(_logout(id_token_hint=hint), follow=False)
    await app.settle()
    assert {url for url, _ in outside.told} == {"https://shop.example/out", "https://other.example/out"}
    token = dict(outside.told)["https://shop.example/out"]
    claims = await client.claims(token)
    signed_in_as = await client.claims(hint)
    assert (claims["sub"], claims["sid"], claims["aud"]) == (signed_in_as["sub"], signed_in_as["sid"], "shop")
    assert claims["events"] == {backchannel.EVENT: {}}
    assert "nonce" not in claims
    assert 0 < claims["exp"] - claims["iat"] <= 120
    assert (await browser.get(_logout(id_token_hint=token), follow=False)).status_code == 400


async def test_however_a_session_ends_the_applications_are_told(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = Outside([])
    monkeypatch.setattr(app.kernel, "dialer", outside)
    client = await shop(app, backchannel_logout_uri="https://shop.example/out")
    user = await ada(app)
    await client.tokens(await signed_in(app, user))
    await app.kernel.sessions.end_all(app.context, user.id, reason="an administrator")
    await app.settle()
    assert len(outside.told) == 1


async def test_a_notice_that_fails_is_tried_again_and_a_refusal_is_not(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = Outside([503, 400])
    monkeypatch.setattr(app.kernel, "dialer", outside)
    await shop(app, backchannel_logout_uri="https://shop.example/out")
    notice = backchannel.Notice(provider_of(app.kernel))
    data = {"application": "shop", "subject": "s", "session": "i"}
    with pytest.raises(Unavailable):
        await notice.deliver(app.context, data)
    await notice.deliver(app.context, data)
    assert len({token for _, token in outside.told}) == 2
