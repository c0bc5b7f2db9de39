"""The token endpoint: codes, refresh tokens, and applications for themselves."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from tests.plugins.oidc.support import CALLBACK, SECRET, VERIFIER, Shop, ada, shop, signed_in
from xenia.api import Shield
from xenia.testing.app import App
from xenia_oidc.provider import provider_of


async def test_of_fifty_who_bring_the_same_code_at_once_one_gets_tokens_and_then_they_die(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    code = await client.code(browser)
    answers = await asyncio.gather(*(client.redeem(code) for _ in range(50)))
    good = [answer for answer in answers if answer.status_code == 200]
    assert len(good) <= 1
    assert {answer.json()["error"] for answer in answers if answer.status_code != 200} == {"invalid_grant"}
    for answer in good:
        assert (await client.userinfo(answer.json()["access_token"])).status_code == 401


async def test_a_code_used_again_ends_what_it_gave(app: App) -> None:
    client, browser = (
        await shop(app, grant_types=["authorization_code", "refresh_token"]),
        await signed_in(app, await ada(app)),
    )
    code = await client.code(browser)
    tokens = (await client.redeem(code)).json()
    assert (await client.redeem(code)).json()["error"] == "invalid_grant"
    assert (await client.userinfo(tokens["access_token"])).status_code == 401
    assert (await client.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_a_code_is_nothing_to_another_application(app: App) -> None:
    client, thief = await shop(app), await shop(app, "thief")
    code = await client.code(await signed_in(app, await ada(app)))
    assert (await thief.redeem(code)).json()["error"] == "invalid_grant"
    assert (await client.redeem("xac_forged")).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": None},
        {"code_verifier": VERIFIER + "x"},
        {"code_verifier": "short"},
        {"redirect_uri": None},
        {"redirect_uri": CALLBACK + "/"},
    ],
)
async def test_a_code_needs_its_verifier_and_its_address(app: App, changes: dict[str, str | None]) -> None:
    client = await shop(app)
    code = await client.code(await signed_in(app, await ada(app)))
    assert (await client.redeem(code, **changes)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("challenge", "verifier", "works"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, True)],
)
async def test_a_verifier_is_taken_exactly_where_there_was_a_challenge(
    app: App, challenge: bool, verifier: bool, works: bool
) -> None:
    client = await shop(app, require_pkce="allow_missing_pkce_and_nonce")
    without: dict[str, str | None] = (
        {} if challenge else {"code_challenge": None, "code_challenge_method": None, "nonce": None}
    )
    code = await client.code(await signed_in(app, await ada(app)), **without)
    answer = await client.redeem(code, **({} if verifier else {"code_verifier": None}))
    assert (answer.status_code == 200) is works


async def test_a_nonce_may_stand_for_pkce_only_where_the_registration_says_so(app: App) -> None:
    client, browser = await shop(app, require_pkce="pkce_or_nonce"), await signed_in(app, await ada(app))
    without = {"code_challenge": None, "code_challenge_method": None}
    assert (await client.redeem(await client.code(browser, **without), code_verifier=None)).status_code == 200
    refused = await browser.get(client.address(**without, nonce=None), follow=False)
    assert "error=invalid_request" in refused.headers["location"]


async def test_the_answer_is_never_stored_and_its_id_token_hashes_the_access_token(app: App) -> None:
    client, browser = (
        await shop(app, id_token_signed_response_alg="ES256", require_auth_time=True),
        await signed_in(app, await ada(app)),
    )
    answer = await client.redeem(await client.code(browser))
    assert (answer.headers["cache-control"], answer.headers["content-type"]) == ("no-store", "application/json")
    claims = await client.claims(answer.json()["id_token"])
    assert {"at_hash", "auth_time", "sid", "acr", "amr"} <= claims.keys()
    assert "email" not in claims


# -- client authentication


async def _token(client: Shop, form: dict[str, str], **headers: str) -> tuple[int, str]:
    answer = await client.http.post(client.at("/oauth/token"), data=form, headers=headers)
    return answer.status_code, answer.json()["error"]


def _basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


async def test_a_wrong_name_secret_or_method_is_invalid_client(app: App) -> None:
    client = await shop(app)
    form = {"grant_type": "authorization_code", "code": "x"}
    posted = {"client_id": "shop", "client_secret": SECRET}
    for authorization in (
        _basic("shop", "wrong"),
        _basic("nobody", SECRET),
        "Basic !!",
        "Basic",
        "Bearer x",
        _basic("other", SECRET),
    ):
        assert await _token(client, form, authorization=authorization) == (401, "invalid_client")
    assert await _token(client, {**form, **posted}) == (401, "invalid_client")
    assert await _token(client, {**form, "client_id": "shop"}) == (401, "invalid_client")
    assert await _token(client, form) == (401, "invalid_client")
    mixed = await _token(client, {**form, "client_id": "other"}, authorization=_basic("shop", SECRET))
    assert mixed == (401, "invalid_client")


async def test_one_source_tries_few_wrong_secrets(app: App) -> None:
    client = await shop(app, grant_types=["client_credentials"], scopes=["stock"])
    provider_of(app.kernel).failures = Shield(rate=1 / 900, burst=3)
    right = {"grant_type": "client_credentials"}
    assert [(await client.post("/oauth/token", right)).status_code for _ in range(5)] == [200] * 5
    wrong = Shop(app, "shop", "another-secret-of-the-shop")
    assert [(await wrong.post("/oauth/token", right)).status_code for _ in range(4)] == [401, 401, 401, 429]
    assert "retry-after" in (await client.post("/oauth/token", right)).headers


async def test_two_ways_at_once_are_refused(app: App) -> None:
    client = await shop(app)
    form = {"grant_type": "authorization_code", "client_id": "shop", "client_secret": SECRET}
    assert await _token(client, form, authorization=_basic("shop", SECRET)) == (400, "invalid_request")


async def test_a_401_names_the_scheme_that_was_used(app: App) -> None:
    client = await shop(app)
    headers = {"authorization": _basic("shop", "wrong")}
    answer = await client.http.post(client.at("/oauth/token"), data={"grant_type": "x"}, headers=headers)
    assert answer.headers["www-authenticate"].startswith("Basic ")


async def test_names_and_secrets_are_form_encoded_before_they_are_joined(app: App) -> None:
    client = await shop(app, "shop~1", secret="a secret: with + and % and & 0123")
    assert (await client.redeem(await client.code(await signed_in(app, await ada(app))))).status_code == 200


async def test_client_secret_post_is_taken_where_it_was_registered(app: App) -> None:
    client = await shop(app, token_endpoint_auth_method="client_secret_post")
    form = {"grant_type": "authorization_code", "client_id": "shop", "client_secret": SECRET, "code": "x"}
    assert await _token(client, form) == (400, "invalid_grant")


async def test_what_is_no_form_or_says_something_twice_is_invalid_request(app: App) -> None:
    client = await shop(app)
    for body, kind in (
        (b"{}", "application/json"),
        (b"grant_type=a&grant_type=b", "application/x-www-form-urlencoded"),
        (b"", ""),
    ):
        answer = await client.http.post(client.at("/oauth/token"), content=body, headers={"content-type": kind})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert (await client.http.get(client.at("/oauth/token"))).status_code == 405


async def test_grant_types_are_known_and_allowed(app: App) -> None:
    client = await shop(app, scopes=["openid"])
    for name, error in (
        ("password", "unsupported_grant_type"),
        ("client_credentials", "unauthorized_client"),
        ("refresh_token", "unauthorized_client"),
    ):
        answer = await client.post("/oauth/token", {"grant_type": name, "refresh_token": "x"})
        assert answer.json()["error"] == error


# -- refresh


async def _refreshing(app: App, **settings: Any) -> tuple[Shop, dict[str, str]]:
    client = await shop(app, grant_types=["authorization_code", "refresh_token"], **settings)
    return client, await client.tokens(await signed_in(app, await ada(app)))


async def test_a_refresh_token_is_rotated_and_its_id_token_tells_of_the_same_sign_in(app: App) -> None:
    client, first = await _refreshing(app, require_auth_time=True)
    second = (await client.refresh(first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    old, new = await client.claims(first["id_token"]), await client.claims(second["id_token"])
    assert {name: old[name] for name in ("iss", "sub", "aud", "auth_time")} == {
        name: new[name] for name in ("iss", "sub", "aud", "auth_time")
    }
    assert "nonce" not in new


async def test_of_many_who_refresh_at_once_all_hold_one_successor(app: App) -> None:
    client, first = await _refreshing(app)
    answers = await asyncio.gather(*(client.refresh(first["refresh_token"]) for _ in range(20)))
    successors = {answer.json()["refresh_token"] for answer in answers if answer.status_code == 200}
    assert len(successors) == 1
    assert {answer.status_code for answer in answers} <= {200, 400}


async def test_a_refresh_may_ask_for_less_and_never_for_more(app: App) -> None:
    client, first = await _refreshing(app)
    assert (await client.refresh(first["refresh_token"], scope="openid profile email phone")).json()[
        "error"
    ] == "invalid_scope"
    less = (await client.refresh(first["refresh_token"], scope="openid")).json()
    assert less["scope"] == "openid"
    assert (await client.refresh(less["refresh_token"])).json()["scope"] == "openid profile email"


async def test_a_token_repeated_in_its_grace_brings_no_more_than_was_granted(app: App) -> None:
    client = await shop(app, grant_types=["authorization_code", "refresh_token"])
    first = await client.tokens(await signed_in(app, await ada(app)), scope="openid")
    assert (await client.refresh(first["refresh_token"])).status_code == 200
    wider = await client.refresh(first["refresh_token"], scope="openid email")
    assert wider.json()["error"] == "invalid_scope"
    assert (await client.refresh(first["refresh_token"], scope="openid")).status_code == 200


async def test_a_scope_that_was_taken_from_the_client_is_gone_from_the_next_tokens(app: App) -> None:
    client, first = await _refreshing(app)
    known = await app.kernel.applications.get(app.context, "shop")
    assert known is not None
    known.protocols["oidc"]["scopes"] = ["openid"]
    await app.kernel.applications.put(app.context, known)
    assert (await client.refresh(first["refresh_token"])).json()["scope"] == "openid"


async def test_a_refresh_token_is_nothing_to_another_application(app: App) -> None:
    client, first = await _refreshing(app)
    thief = await shop(app, "thief", grant_types=["authorization_code", "refresh_token"])
    assert (await thief.refresh(first["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await client.refresh(first["refresh_token"])).status_code == 200


async def test_offline_access_outlives_the_session_and_other_grants_do_not(app: App) -> None:
    client, user = await shop(app, grant_types=["authorization_code", "refresh_token"]), await ada(app)
    browser = await signed_in(app, user)
    here, away = await client.tokens(browser), await client.tokens(browser, scope="openid offline_access")
    await app.kernel.sessions.end_all(app.context, user.id, reason="test")
    assert (await client.refresh(here["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await client.refresh(away["refresh_token"])).status_code == 200


async def test_a_public_application_redeems_by_pkce_alone(app: App) -> None:
    client = await shop(app, "spa", secret="")
    tokens = await client.tokens(await signed_in(app, await ada(app)))
    assert (await client.userinfo(tokens["access_token"])).status_code == 200


# -- the application for itself


async def test_an_application_gets_its_own_scopes_and_no_persons(app: App) -> None:
    client = await shop(
        app, grant_types=["client_credentials"], scopes=["openid", "email", "stock:read"], redirect_uris=[CALLBACK]
    )
    answer = (await client.post("/oauth/token", {"grant_type": "client_credentials"})).json()
    assert answer["scope"] == "stock:read"
    assert "id_token" not in answer
    assert "refresh_token" not in answer
    for scope in ("openid", "email", "stock:write"):
        refused = await client.post("/oauth/token", {"grant_type": "client_credentials", "scope": scope})
        assert refused.json()["error"] == "invalid_scope"
    assert (await client.userinfo(answer["access_token"])).status_code == 401


async def test_tokens_are_for_the_resources_that_were_asked_for(app: App) -> None:
    api = "https://api.example/stock"
    client = await shop(
        app, grant_types=["client_credentials"], scopes=["stock:read"], resources=[api, "https://other.example"]
    )
    answer = await client.post("/oauth/token", {"grant_type": "client_credentials", "resource": api})
    assert (await client.claims(answer.json()["access_token"]))["aud"] in (api, [api])
    refused = await client.post(
        "/oauth/token", {"grant_type": "client_credentials", "resource": "https://evil.example"}
    )
    assert refused.json()["error"] == "invalid_target"


# -- pages of the application itself


async def test_only_pages_of_the_clients_own_origins_may_read_an_answer(app: App) -> None:
    client = await shop(app, "spa", secret="")
    form = {"grant_type": "authorization_code", "code": "x", "client_id": "spa"}
    for origin, allowed in (
        ("https://shop.example", "https://shop.example"),
        ("https://evil.example", None),
        ("null", None),
    ):
        answer = await client.http.post(client.at("/oauth/token"), data=form, headers={"origin": origin})
        assert answer.headers.get("access-control-allow-origin") == allowed
    preflight = await client.http.options(client.at("/oauth/token"), headers={"origin": "https://shop.example"})
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, "https://shop.example")
