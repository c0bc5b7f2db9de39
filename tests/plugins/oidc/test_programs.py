"""Discovery, keys, UserInfo, introspection and revocation."""

from __future__ import annotations

import msgspec
import pytest

from tests.plugins.oidc.support import ada, parameters_of, shop, signed_in
from xenia.testing.app import App

ISSUER = "http://localhost:8000/t/acme"


async def test_discovery_says_where_everything_is_and_what_is_offered(app: App) -> None:
    client = await shop(app)
    for name in ("openid-configuration", "oauth-authorization-server"):
        answer = await client.http.get(client.at(f"/.well-known/{name}"))
        said = answer.json()
        assert said["issuer"] == ISSUER
        assert said["grant_types_supported"] == ["authorization_code", "client_credentials", "refresh_token"]
        assert said["response_types_supported"] == ["code"]
        assert said["code_challenge_methods_supported"] == ["S256"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "public, max-age=300"


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_every_advertised_algorithm_signs_and_verifies(app: App) -> None:
    client = await shop(app)
    said = (await client.http.get(client.at("/.well-known/openid-configuration"))).json()
    browser = await signed_in(app, await ada(app))
    for algorithm in said["id_token_signing_alg_values_supported"]:
        signing = await shop(
            app, f"client-{algorithm}", id_token_signed_response_alg=algorithm, userinfo_signed_response_alg=algorithm
        )
        tokens = await signing.tokens(browser)
        known = await signing.userinfo(tokens["access_token"])
        assert known.headers["content-type"] == "application/jwt"
        claims = await signing.claims(known.text)
        assert (claims["iss"], claims["aud"]) == (ISSUER, signing.id)
        assert claims["sub"] == (await signing.claims(tokens["id_token"]))["sub"]


async def test_the_keys_are_public_alone(app: App) -> None:
    client = await shop(app)
    await client.tokens(await signed_in(app, await ada(app)))
    answer = await client.http.get(client.at("/oauth/keys"))
    assert answer.json()["keys"]
    assert not [key for key in answer.json()["keys"] if {"d", "p", "q", "k"} & key.keys()]


async def test_a_new_tenants_first_keys_are_there_before_anything_is_signed(app: App) -> None:
    client = await shop(app)
    keys = (await client.http.get(client.at("/oauth/keys"))).json()["keys"]
    assert {key["alg"] for key in keys} == {"RS256", "ES256"}
    assert (await client.http.get(client.at("/oauth/keys"))).json()["keys"] == keys
    tokens = await client.tokens(await signed_in(app, await ada(app)))
    assert await client.claims(tokens["id_token"])
    assert len((await client.http.get(client.at("/oauth/keys"))).json()["keys"]) == len(keys)


# -- UserInfo


async def test_userinfo_takes_the_token_from_the_header_or_a_posted_form_never_both_never_the_address(app: App) -> None:
    client = await shop(app)
    token = (await client.tokens(await signed_in(app, await ada(app))))["access_token"]
    at, bearer = client.at("/oauth/userinfo"), {"authorization": f"Bearer {token}"}
    assert (await client.http.post(at, headers=bearer)).status_code == 200
    assert (await client.http.post(at, data={"access_token": token})).status_code == 200
    assert (await client.http.post(at, data={"access_token": token}, headers=bearer)).status_code == 400
    assert (await client.http.get(f"{at}?access_token={token}")).status_code == 401
    assert (await client.http.get(at, headers={"authorization": f"bEARER {token}"})).status_code == 200


async def test_userinfo_challenges_those_without_a_good_token(app: App) -> None:
    client = await shop(app)
    tokens = await client.tokens(await signed_in(app, await ada(app)))
    for bad in ("", "nonsense", tokens["id_token"], tokens["access_token"][:-2]):
        answer = await client.userinfo(bad)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer ")


async def test_userinfo_tells_only_what_the_scope_brought(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    bare = (await client.userinfo((await client.tokens(browser, scope="openid"))["access_token"])).json()
    assert bare.keys() == {"sub"}


async def test_a_token_without_openid_opens_no_userinfo(app: App) -> None:
    client = await shop(app)
    token = (await client.tokens(await signed_in(app, await ada(app)), scope="email"))["access_token"]
    answer = await client.userinfo(token)
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")


async def test_claims_asked_for_one_by_one_come_where_they_were_asked_for(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    claims = '{"userinfo": {"email": {"essential": true}}, "id_token": {"given_name": null}}'
    tokens = await client.tokens(browser, scope="openid", claims=claims)
    assert (await client.userinfo(tokens["access_token"])).json()["email"] == "ada@acme.example"
    said = await client.claims(tokens["id_token"])
    assert said["given_name"] == "Ada"
    assert "email" not in said


async def test_claims_beyond_the_clients_scopes_are_not_had_by_asking_one_by_one(app: App) -> None:
    client, browser = await shop(app, scopes=["openid", "profile"]), await signed_in(app, await ada(app))
    tokens = await client.tokens(browser, scope="openid", claims='{"userinfo": {"email": null, "password": null}}')
    assert (await client.userinfo(tokens["access_token"])).json().keys() == {"sub"}


async def test_a_disabled_person_is_told_of_no_more(app: App) -> None:
    client, user = await shop(app), await ada(app)
    token = (await client.tokens(await signed_in(app, user)))["access_token"]
    await app.kernel.users.set_status(app.context, user.id, type(user.status)("disabled"))
    assert (await client.userinfo(token)).status_code == 401


async def test_pairwise_applications_see_different_subjects_and_one_sector_the_same(app: App) -> None:
    browser = await signed_in(app, await ada(app))
    subjects = {}
    for name, sector in (("one", "sector-a"), ("two", "sector-b"), ("three", "sector-a")):
        client = await shop(app, name, subject_type="pairwise", sector_identifier=sector)
        subjects[name] = (await client.claims((await client.tokens(browser))["id_token"]))["sub"]
    assert subjects["one"] == subjects["three"] != subjects["two"]


async def test_a_subject_of_another_sector_is_nobodys(app: App) -> None:
    """Or two applications could find out that they see the same person."""
    browser = await signed_in(app, await ada(app))
    one, two = [
        await shop(app, name, subject_type="pairwise", sector_identifier=f"sector-{name}") for name in ("one", "two")
    ]
    subject = (await one.claims((await one.tokens(browser))["id_token"]))["sub"]
    for client, answer in ((one, "code"), (two, "error")):
        wish = f'{{"id_token": {{"sub": {{"value": "{subject}"}}}}}}'
        said = parameters_of(await browser.get(client.address(claims=wish, prompt="none"), follow=False))
        assert answer in said


# -- introspection and revocation


async def test_introspection_tells_the_owner_and_the_api_and_nobody_else(app: App) -> None:
    api = "https://api.example/stock"
    client = await shop(app, resources=[api], grant_types=["authorization_code", "refresh_token"])
    server, stranger = await shop(app, "api", audiences=[api]), await shop(app, "stranger")
    tokens = await client.tokens(await signed_in(app, await ada(app)), resource=api)
    for caller in (client, server):
        said = (await caller.post("/oauth/introspect", {"token": tokens["access_token"]})).json()
        assert (said["active"], said["client_id"], said["token_type"]) == (True, "shop", "Bearer")
    assert (await stranger.post("/oauth/introspect", {"token": tokens["access_token"]})).json() == {"active": False}
    assert (await client.post("/oauth/introspect", {"token": tokens["refresh_token"]})).json()["active"]
    assert (await server.post("/oauth/introspect", {"token": tokens["refresh_token"]})).json() == {"active": False}
    for nonsense in ("x", tokens["id_token"], tokens["refresh_token"][:-1], tokens["refresh_token"] + "x"):
        assert (await client.post("/oauth/introspect", {"token": nonsense})).json() == {"active": False}


async def test_a_token_of_an_application_that_was_switched_off_is_inactive(app: App) -> None:
    api = "https://api.example/stock"
    client, server = await shop(app, resources=[api]), await shop(app, "api", audiences=[api])
    token = (await client.tokens(await signed_in(app, await ada(app)), resource=api))["access_token"]
    known = await app.kernel.applications.get(app.context, "shop")
    assert known
    await app.kernel.applications.put(app.context, msgspec.structs.replace(known, enabled=False))
    assert (await server.post("/oauth/introspect", {"token": token})).json() == {"active": False}
    assert (await client.userinfo(token)).status_code == 401


async def test_introspection_needs_credentials(app: App) -> None:
    public = await shop(app, "spa", secret="")
    assert (await public.post("/oauth/introspect", {"token": "x"})).status_code == 401


async def test_a_revoked_token_is_dead_and_an_unknown_one_is_no_error(app: App) -> None:
    client = await shop(app, grant_types=["authorization_code", "refresh_token"])
    other = await shop(app, "other")
    tokens = await client.tokens(await signed_in(app, await ada(app)))
    await other.post("/oauth/revoke", {"token": tokens["access_token"]})
    assert (await client.userinfo(tokens["access_token"])).status_code == 200
    assert (await client.post("/oauth/revoke", {"token": tokens["access_token"]})).status_code == 200
    assert (await client.userinfo(tokens["access_token"])).status_code == 401
    assert (await client.post("/oauth/revoke", {"token": tokens["refresh_token"]})).status_code == 200
    assert (await client.refresh(tokens["refresh_token"])).status_code == 400
    assert (await client.post("/oauth/revoke", {"token": "unknown"})).status_code == 200


async def test_opaque_access_tokens_work_everywhere(app: App) -> None:
    client = await shop(app, access_token_format="opaque")
    token = (await client.tokens(await signed_in(app, await ada(app)), claims='{"userinfo": {"email": null}}'))[
        "access_token"
    ]
    assert token.count(".") == 0
    assert (await client.userinfo(token)).json()["email"] == "ada@acme.example"
    assert (await client.post("/oauth/introspect", {"token": token})).json()["active"]


async def test_where_the_plugin_is_off_none_of_its_addresses_exist(app: App) -> None:
    await app.tenant("bare", plugins=["web"])
    client = await shop(app)
    for path in (
        "/.well-known/openid-configuration",
        "/oauth/token",
        "/oauth/authorize",
        "/oauth/logout",
        "/oauth/keys",
    ):
        for method in ("GET", "POST", "OPTIONS"):
            assert (await client.http.request(method, f"/t/bare{path}")).status_code == 404
