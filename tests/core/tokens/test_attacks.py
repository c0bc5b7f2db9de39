"""Tokens that an attacker would make: none is ever believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.core.tokens.world import ACME, OTHER, World
from xenia.db import Database
from xenia.tokens import jws
from xenia.tokens.algorithms import public_key

CLAIMS = {"sub": "ada", "n": 1}


def encoded(value: Any) -> str:
    return jws.b64url(json.dumps(value, separators=(",", ":")).encode()).decode()


def parts(token: str) -> tuple[dict[str, Any], str, str]:
    head, body, signature = token.split(".")
    return json.loads(base64.urlsafe_b64decode(head + "==")), body, signature


@pytest.fixture
async def world(database: Database) -> World:
    """A process that keeps its keys in memory, as a server does."""
    made = World(database, live=True)
    await made.populate()
    await made.cache.poll()
    return made


@pytest.fixture
async def token(world: World) -> str:
    return await world.keys.sign(ACME, CLAIMS, typ="at+jwt")


async def refused(world: World, *tokens: str) -> None:
    for one in tokens:
        assert await world.keys.verify(ACME, one, typ=("at+jwt", "JWT", "")) is None, one[:200]
        assert await world.tokens.verify_access(ACME, one) is None, one[:200]
        assert not await world.tokens.revoke(ACME, one, "shop")


async def test_every_flipped_bit_and_every_cut_is_noticed(world: World, token: str) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    changed = [
        token[:at] + alphabet[alphabet.index(char) ^ 1] + token[at + 1 :]
        for at, char in enumerate(token)
        if char != "."
    ]
    cut = [token[:end] for end in range(0, len(token), 7)]
    longer = [token + more for more in ("A", "=", "==", ".", ".A", "\n", " ", "\0", token)]
    outer = [more + token for more in ("A", ".", " ", "\n", "\ufeff")]
    for one in (*changed, *cut, *longer, *outer):
        assert await world.keys.verify(ACME, one, typ=("at+jwt",)) is None, one


async def test_another_spelling_of_the_same_bytes_is_not_the_token(world: World, token: str) -> None:
    head, body, signature = token.split(".")
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spellings = [signature[:-1] + last[last.index(signature[-1]) | bits] for bits in (1, 2, 4, 8)]
    others = [one for one in spellings if one != signature]
    await refused(world, *(f"{head}.{body}.{one}" for one in others), f"{head}.{body}.{signature}==")
    await refused(world, token.replace("-", "+").replace("_", "/") if set("-_") & set(token) else token + "+")


async def test_a_public_key_is_no_secret_to_sign_with(world: World, token: str) -> None:
    header, body, _ = parts(token)
    jwk = json.loads(await world.keys.jwks(ACME))["keys"][0]
    public = public_key(jwk)
    secrets = [
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).strip(),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        json.dumps(jwk).encode(),
        json.dumps(jwk, separators=(",", ":")).encode(),
        jwk["x"].encode(),
        jwk["kid"].encode(),
        b"",
    ]
    for alg in ("HS256", "HS384", "HS512", "hs256"):
        for secret in secrets:
            signed = encoded({**header, "alg": alg}) + "." + body
            mac = hmac.digest(secret, signed.encode(), {"HS384": "sha384", "HS512": "sha512"}.get(alg, "sha256"))
            await refused(world, signed + "." + jws.b64url(mac).decode())
            # The same MAC under the header that we would write.
            mine = encoded(header) + "." + body
            await refused(world, mine + "." + jws.b64url(hmac.digest(secret, mine.encode(), "sha256")).decode())


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "none ", "", None, 0, ["ES256"], "es256"])
async def test_an_unsigned_token_is_refused_however_it_says_so(world: World, token: str, alg: object) -> None:
    header, body, signature = parts(token)
    for head in ({**header, "alg": alg}, {"alg": alg}, {"alg": alg, "typ": "at+jwt"}):
        await refused(world, *(f"{encoded(head)}.{body}.{end}" for end in ("", "AA", signature, "A" * 86)))
    await refused(world, f"{encoded({'typ': 'at+jwt', 'kid': header['kid']})}.{body}.{signature}")


async def test_a_key_verifies_its_own_algorithm_only(world: World, token: str) -> None:
    rsa_token = await world.keys.sign(ACME, CLAIMS, typ="at+jwt", alg="RS256")
    ec_header, ec_body, ec_signature = parts(token)
    rsa_header, rsa_body, rsa_signature = parts(rsa_token)
    await refused(
        world,
        f"{encoded({**ec_header, 'alg': 'RS256'})}.{ec_body}.{ec_signature}",
        f"{encoded({**rsa_header, 'alg': 'ES256'})}.{rsa_body}.{rsa_signature}",
        f"{encoded({**rsa_header, 'alg': 'PS256'})}.{rsa_body}.{rsa_signature}",
        f"{encoded({**ec_header, 'kid': rsa_header['kid']})}.{ec_body}.{ec_signature}",
        f"{encoded({**rsa_header, 'kid': ec_header['kid']})}.{rsa_body}.{rsa_signature}",
        f"{encoded(rsa_header)}.{ec_body}.{ec_signature}",
    )
    assert await world.keys.verify(ACME, rsa_token, typ=("at+jwt",), algs=("ES256",)) is None
    assert await world.keys.verify(ACME, rsa_token, typ=("at+jwt",), algs=("RS256",)) == CLAIMS


@pytest.mark.parametrize(
    "kid",
    [
        "",
        "unknown",
        None,
        1,
        [],
        {},
        "../../../../dev/null",
        "' OR 1=1 --",
        "\x00",
        "x" * 5000,
        "http://evil.example/key",
    ],
)
async def test_a_kid_that_is_not_ours_leads_nowhere(world: World, token: str, kid: object) -> None:
    header, body, signature = parts(token)
    await refused(world, f"{encoded({**header, 'kid': kid})}.{body}.{signature}")


async def test_a_header_that_says_more_than_we_would_is_refused(world: World) -> None:
    """Even where the attacker could have us sign it: the key is ours and the signature good."""
    await world.keys.sign(ACME, CLAIMS, typ="at+jwt")
    (key,) = (await world.keys._ring(ACME)).keys
    attacker = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    jwk = {"kty": "EC", "crv": "P-256", "x": encoded(attacker.x), "y": encoded(attacker.y)}
    base = {"alg": "ES256", "kid": key.model.kid, "typ": "at+jwt"}
    mores: list[dict[str, Any]] = [
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False, "crit": ["b64"]},
        {"jwk": jwk},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["MIIB"]},
        {"zip": "DEF"},
        {"typ": "JWT+at"},
        {"typ": "AT+JWT"},
        {"cty": "JWT"},
    ]
    for more in mores:
        signed = f"{encoded({**base, **more})}.{encoded(CLAIMS)}".encode()
        signature = await key.sign(ACME, world.keys._provider, signed)
        await refused(world, (signed + b"." + jws.b64url(signature)).decode())
    signed = f"{encoded(base)}.{encoded(CLAIMS)}".encode()
    signature = await key.sign(ACME, world.keys._provider, signed)
    assert await world.keys.verify(ACME, f"{signed.decode()}.{jws.b64url(signature).decode()}", typ=("at+jwt",))


async def test_a_stranger_who_brings_a_key_is_not_believed(world: World, token: str) -> None:
    header, body, _ = parts(token)
    mine = ec.generate_private_key(ec.SECP256R1())
    point = mine.public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": jws.b64url(point.x.to_bytes(32, "big")).decode(),
        "y": jws.b64url(point.y.to_bytes(32, "big")).decode(),
    }
    for head in (header, {**header, "jwk": jwk}, {**header, "jwk": jwk, "kid": jws.thumbprint(jwk)}):
        signed = f"{encoded(head)}.{body}"
        r, s = decode_dss_signature(mine.sign(signed.encode(), ec.ECDSA(SHA256())))
        raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        await refused(world, f"{signed}.{jws.b64url(raw).decode()}")


async def test_signatures_of_other_lengths_and_empty_numbers_are_refused(world: World, token: str) -> None:
    head, body, signature = token.split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    order = int("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)
    forged = [
        bytes(64),
        bytes(63),
        raw[:-1],
        raw + b"\0",
        b"\0" + raw,
        raw[:32] + bytes(32),
        bytes(32) + raw[32:],
        order.to_bytes(32, "big") * 2,
        b"\xff" * 64,
        b"\x30\x06\x02\x01\x01\x02\x01\x01",
    ]
    await refused(world, *(f"{head}.{body}.{jws.b64url(one).decode()}" for one in forged))


async def test_a_token_of_another_tenant_is_a_strangers(world: World, token: str) -> None:
    theirs = await world.keys.sign(OTHER, CLAIMS, typ="at+jwt")
    await refused(world, theirs)
    assert await world.keys.verify(OTHER, token, typ=("at+jwt",)) is None
    assert await world.keys.verify(OTHER, theirs, typ=("at+jwt",)) == CLAIMS


async def test_a_token_of_one_type_does_not_pass_for_another(world: World, token: str) -> None:
    id_token = await world.keys.sign(ACME, CLAIMS, typ="JWT")
    bare = await world.keys.sign(ACME, CLAIMS, typ="")
    assert await world.tokens.verify_access(ACME, id_token) is None
    assert await world.keys.verify(ACME, token, typ=("JWT", "")) is None
    assert await world.keys.verify(ACME, id_token, typ=("at+jwt", "")) is None
    assert await world.keys.verify(ACME, bare, typ=("JWT",)) is None
    assert await world.keys.verify(ACME, bare, typ=("",)) == CLAIMS


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "a.b.c.d.e",
        "A" * 20_000,
        "A" * 9_000 + "." + "A" * 9_000 + "." + "A" * 86,
        "\0.\0.\0",
        "é.é.é",
        "\u0660.\u0660.\u0660",
        "\ufdfa" * 100,
        "eyJhbGciOiJub25lIn0..",
        '{"payload":"","signatures":[]}',
        "\ud800.\ud800.\ud800",
    ],
)
async def test_garbage_is_refused_without_a_fault(world: World, token: str, garbage: str) -> None:
    await refused(world, garbage)


async def test_a_payload_that_is_no_object_is_no_claims(world: World) -> None:
    await world.keys.sign(ACME, CLAIMS, typ="at+jwt")
    (key,) = (await world.keys._ring(ACME)).keys
    for payload in (b"[]", b"1", b"null", b'"text"', b"", b"{", b"\xff", b'{"a":1}x'):
        signed = key.header("at+jwt") + b"." + (jws.b64url(payload) or b"AA")
        signature = await key.sign(ACME, world.keys._provider, signed)
        await refused(world, (signed + b"." + jws.b64url(signature)).decode())


async def test_the_audit_key_signs_no_token(world: World) -> None:
    kid, _ = await world.keys.sign_bytes(ACME, use="audit", data=b"x")
    signed = f"{encoded({'alg': 'EdDSA', 'kid': kid, 'typ': 'at+jwt'})}.{encoded(CLAIMS)}"
    _, signature = await world.keys.sign_bytes(ACME, use="audit", data=signed.encode())
    await refused(world, f"{signed}.{jws.b64url(signature).decode()}")


async def test_an_rsa_key_of_the_attacker_is_not_ours(world: World) -> None:
    token = await world.keys.sign(ACME, CLAIMS, typ="at+jwt", alg="RS256")
    header, body, _ = parts(token)
    mine = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signed = f"{encoded(header)}.{body}"
    signature = mine.sign(signed.encode(), PKCS1v15(), SHA256())
    await refused(
        world, f"{signed}.{jws.b64url(signature).decode()}", f"{signed}.{encoded(hashlib.sha256().hexdigest())}"
    )
