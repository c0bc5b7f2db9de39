"""``id_token_hint``: ours, an ID token, of this application; nothing else passes for one."""

from __future__ import annotations

import base64
import json
from typing import Any

from joserfc.jwk import ECKey

from tests.plugins.oidc.support import Shop, ada, es256_token, hmac_token, parameters_of, shop, signed_in
from xenia.testing.app import App, Browser


async def _refused(client: Shop, browser: Browser, hint: str) -> bool:
    answer = await browser.get(client.address(id_token_hint=hint, prompt="none"), follow=False)
    return parameters_of(answer).get("error") == "invalid_request"


async def test_no_forgery_of_a_hint_is_believed(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    hint = (await client.tokens(browser))["id_token"]
    claims, keys = await client.claims(hint), (await client.http.get(client.at("/oauth/keys"))).json()["keys"]
    head, body, signature = hint.split(".")
    foreign = ECKey.generate_key("P-256")
    for forged in (
        *_confused(claims, keys),
        *(f"{_none(name)}.{body}." for name in ("none", "None", "nOnE", "")),
        es256_token({"alg": "ES256", "typ": "JWT", "kid": keys[0]["kid"]}, claims, foreign),
        es256_token({"alg": "ES256", "typ": "JWT", "jwk": foreign.as_dict(private=False)}, claims, foreign),
        es256_token({"alg": "ES256", "typ": "JWT", "jku": "https://evil.example/keys"}, claims, foreign),
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-2]}",
        f"{head}.{body[:-1]}.{signature}",
        hint + ".x",
        "..",
        "a",
    ):
        assert await _refused(client, browser, forged), forged


def _confused(claims: dict[str, Any], keys: list[dict[str, Any]]) -> list[str]:
    """Signed with our public keys as if they were a shared secret."""
    found = []
    for key in keys:
        header = {"alg": "HS256", "typ": "JWT", "kid": key["kid"]}
        found.append(hmac_token(header, claims, json.dumps(key).encode()))
        if key["kty"] == "EC":
            public = ECKey.import_key({name: key[name] for name in ("kty", "crv", "x", "y")})
            found += [
                hmac_token(header, claims, octets)
                for octets in (public.as_pem(private=False), public.as_der(private=False))
            ]
    return found


def _none(name: str) -> str:
    return base64.urlsafe_b64encode(json.dumps({"alg": name, "typ": "JWT"}).encode()).rstrip(b"=").decode()


async def test_a_hint_of_another_tenant_is_refused(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    await app.tenant("other")
    claims = await client.claims((await client.tokens(browser))["id_token"])
    foreign = app.context.__class__(tenant="other")
    forged = await app.kernel.keys.sign(foreign, claims, typ="JWT", alg="ES256")
    assert await _refused(client, browser, forged)


async def test_a_signed_userinfo_answer_is_no_hint(app: App) -> None:
    client = await shop(app, userinfo_signed_response_alg="ES256")
    browser = await signed_in(app, await ada(app))
    known = await client.userinfo((await client.tokens(browser))["access_token"])
    assert await _refused(client, browser, known.text)
