"""Clients that prove themselves by a key."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from joserfc.jwk import ECKey

from tests.plugins.oidc.support import Shop, es256_token, hmac_token, shop
from xenia.testing.app import App
from xenia_oidc.assertion import TYPE

ISSUER = "http://localhost:8000/t/acme"
KEY = ECKey.generate_key("P-256")


async def _machine(app: App) -> Shop:
    keys = {"keys": [KEY.as_dict(private=False)]}
    return await shop(
        app, "machine", secret="", token_endpoint_auth_method="private_key_jwt", jwks=keys,
        grant_types=["client_credentials"], scopes=["stock:read"], redirect_uris=[],
    )  # fmt: skip


def _claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {
        "iss": "machine",
        "sub": "machine",
        "aud": ISSUER,
        "iat": now,
        "exp": now + 60,
        "jti": str(time.monotonic_ns()),
    }
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def _assertion(
    key: Any = KEY, algorithm: str = "ES256", *, header: dict[str, Any] | None = None, **changes: Any
) -> str:
    return es256_token({"alg": algorithm, **(header or {})}, _claims(**changes), key)


async def _ask(client: Shop, assertion: str, **more: str) -> int:
    form = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion, **more}
    return (await client.http.post(client.at("/oauth/token"), data=form)).status_code


async def test_a_good_assertion_works_once_even_when_fifty_bring_it(app: App) -> None:
    client = await _machine(app)
    assertion = _assertion()
    answers = await asyncio.gather(*(_ask(client, assertion) for _ in range(50)))
    assert sorted(answers) == [200] + [401] * 49


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": f"{ISSUER}/oauth/token"},
        {"aud": [ISSUER]},
        {"aud": "https://evil.example"},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"exp": int(time.time()) + 86400},
        {"nbf": int(time.time()) + 3600},
        {"iat": int(time.time()) + 3600},
        {"jti": None},
        {"jti": ""},
        {"sub": "other"},
        {"sub": None},
        {"iss": "other"},
        {"exp": "soon"},
    ],
)
async def test_an_assertion_for_others_or_of_another_time_is_refused(app: App, changes: dict[str, Any]) -> None:
    assert await _ask(await _machine(app), _assertion(**changes)) == 401


async def test_a_signature_by_anybody_else_is_refused(app: App) -> None:
    client = await _machine(app)
    good = _assertion()
    head, body, _ = good.split(".")
    assert await _ask(client, _assertion(ECKey.generate_key("P-256"))) == 401
    for forged in (f"{head}.{body}.", "eyJhbGciOiJub25lIn0." + body + ".", good[:-3] + "AAA", "a.b.c", "x", "." * 9):
        assert await _ask(client, forged) in (400, 401)


async def test_the_public_key_is_no_shared_secret(app: App) -> None:
    client = await _machine(app)
    claims = _claims()
    for octets in (
        KEY.as_pem(private=False),
        KEY.as_der(private=False),
        json.dumps(KEY.as_dict(private=False)).encode(),
    ):
        assert await _ask(client, hmac_token({"alg": "HS256"}, claims, octets)) == 401


async def test_a_key_that_the_assertion_brings_itself_is_not_believed(app: App) -> None:
    client, foreign = await _machine(app), ECKey.generate_key("P-256")
    for header in (
        {"jwk": foreign.as_dict(private=False)},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/key"},
        {"kid": "../../etc/passwd"},
        {"kid": "' OR 1=1 --"},
    ):
        assert await _ask(client, _assertion(foreign, header=header)) == 401


async def test_an_extension_that_must_be_understood_and_is_not_is_refused(app: App) -> None:
    client = await _machine(app)
    assert await _ask(client, es256_token({"alg": "ES256", "crit": ["bork"], "bork": True}, _claims(), KEY)) == 401


async def test_a_time_a_little_ahead_is_forgiven(app: App) -> None:
    assert await _ask(await _machine(app), _assertion(nbf=int(time.time()) + 8)) == 200


async def test_a_secret_does_not_stand_in_for_the_key(app: App) -> None:
    client = await _machine(app)
    answer = await client.http.post(
        client.at("/oauth/token"), data={"grant_type": "client_credentials", "client_id": "machine"}
    )
    assert answer.status_code == 401
