"""Nothing that anybody sends is our failure, and a failure of ours is never passed off as success."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from urllib.parse import quote

import pytest

from tests.plugins.oidc.support import ada, shop, signed_in
from xenia.api import Unavailable
from xenia.testing.app import App

BODIES = [
    b"",
    b"=",
    b"&&&",
    b"%",
    b"%zz=%zz",
    b"grant_type",
    b"grant_type=%00",
    b"grant_type=%ff",
    b"grant_type=authorization_code&code=" + b"A" * 9000,
    b"grant_type=authorization_code&code=%F0%9F%92%A9&client_id=%F0%9F%92%A9",
    b"grant_type=refresh_token&refresh_token=' OR 1=1 --&client_id=shop",
    b"client_assertion=.&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    b"client_assertion=a.e30.c&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    b"client_assertion=a."
    + b64encode(b"[" * 4000)
    + b".c&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    b"client_assertion=a.W10.c&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    b"token=%ED%A0%80",
    b"access_token=%F0%9F%92%A9",
    b'{"grant_type": "authorization_code"}',
    b"\x00\xff\xfe",
    b"a=b&" * 500,
]
AUTHORIZATIONS = [
    "",
    "Basic",
    "Basic ====",
    "Basic OjpnOg==",
    "Bearer",
    "Bearer  ",
    "Bearer \xff",
    "bearer " + "a." * 400,
    "DPoP x",
]


async def test_nothing_sent_to_an_endpoint_is_a_failure_of_ours(app: App) -> None:
    client = await shop(app)
    for path in ("/oauth/token", "/oauth/introspect", "/oauth/revoke", "/oauth/userinfo"):
        for body in BODIES:
            for authorization in AUTHORIZATIONS:
                headers = [
                    (b"content-type", b"application/x-www-form-urlencoded"),
                    (b"authorization", authorization.encode("latin-1")),
                ]
                answer = await client.http.post(client.at(path), content=body, headers=headers)
                assert 400 <= answer.status_code < 500, (path, body, authorization)
                assert answer.headers["cache-control"] == "no-store"
                assert answer.json()["error"]


@pytest.mark.parametrize("path", ["/oauth/authorize", "/oauth/logout"])
async def test_nothing_sent_to_a_page_is_a_failure_of_ours(app: App, path: str) -> None:
    await shop(app)
    browser = app.browser()
    for body in BODIES:
        query = quote(body, safe="=&%.:'")
        answer = await browser.client.get(f"{browser.at(path)}?{query}")
        assert answer.status_code < 500, body
        kind = {"content-type": "application/x-www-form-urlencoded"}
        assert (await browser.client.post(browser.at(path), content=body, headers=kind)).status_code < 500, body


async def test_a_revocation_that_could_not_be_stored_is_no_success(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await shop(app)

    async def away(*_: object) -> bool:
        raise Unavailable("the database is away")

    monkeypatch.setattr(app.kernel.tokens, "revoke", away)
    assert (await client.post("/oauth/revoke", {"token": "x"})).status_code == 503


async def test_of_many_people_at_once_each_gets_their_own_tokens(app: App) -> None:
    client = await shop(app)
    people = [await ada(app, f"person{number}@acme.example") for number in range(10)]

    async def one(number: int) -> tuple[str, str]:
        browser = await signed_in(app, people[number])
        tokens = await client.tokens(browser)
        return f"person{number}@acme.example", (await client.userinfo(tokens["access_token"])).json()["email"]

    for expected, told in await asyncio.gather(*(one(number) for number in range(10))):
        assert expected == told
