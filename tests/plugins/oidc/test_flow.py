"""The whole way: an application sends somebody here and learns who it is."""

from __future__ import annotations

import msgspec
from joserfc import jws

from tests.plugins.oidc.support import CALLBACK, SECRET, Shop, ada, parameters_of, shop, signed_in
from xenia.testing.app import App


async def test_a_signed_in_person_goes_straight_back_with_a_code_the_state_and_the_issuer(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    answer = await browser.get(client.address(), follow=False)
    found = parameters_of(answer)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(CALLBACK + "?")
    assert (found["state"], found["iss"]) == ("a state", "http://localhost:8000/t/acme")


async def test_a_code_becomes_an_id_token_and_an_access_token_about_the_same_subject(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    tokens = await client.tokens(browser)
    claims = await client.claims(tokens["id_token"])
    assert (claims["iss"], claims["aud"], claims["nonce"]) == ("http://localhost:8000/t/acme", "shop", "n-0S6")
    known = (await client.userinfo(tokens["access_token"])).json()
    assert known["sub"] == claims["sub"]
    assert (known["email"], known["email_verified"], known["name"]) == ("ada@acme.example", True, "Ada Quillfeather")
    assert "refresh_token" not in tokens


async def test_who_asks_for_no_algorithm_gets_rs256(app: App) -> None:
    await shop(app)
    known = await app.kernel.applications.get(app.context, "shop")
    assert known is not None
    part = {"redirect_uris": [CALLBACK]}
    await app.kernel.applications.put(app.context, msgspec.structs.replace(known, protocols={"oidc": part}))
    client = Shop(app, "shop", SECRET)
    tokens = await client.tokens(await signed_in(app, await ada(app)))
    head = jws.extract_compact(tokens["id_token"].encode()).headers()
    assert (head["alg"], head["typ"]) == ("RS256", "JWT")
