"""An application that signs people in through us, and people with sessions: what most tests of the provider need."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qs, parse_qsl, quote_plus, urlencode, urlsplit

import httpx2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from xenia.api import Application, Factor, IdentifierKind, NewIdentifier, NewUser, Proof, SessionSettings, Tenant, User
from xenia.http.cookies import Kind, cookie_name
from xenia.testing.app import App, Browser

CALLBACK = "https://shop.example/callback"
VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SECRET = "a-secret-of-the-shop-0123456789"


@dataclass
class Shop:
    """A registered client, and the calls that it makes."""

    app: App
    id: str
    secret: str
    redirect_uri: str = CALLBACK
    http: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        transport = httpx2.ASGITransport(app=cast("Any", self.app.front), client=("192.0.2.9", 4000))
        self.http = httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000")

    def at(self, path: str) -> str:
        """The whole address of an endpoint."""
        return f"/t/acme{path}"

    def request(self, **changes: str | None) -> dict[str, str]:
        """The parameters of an ordinary authorization request; a change to ``None`` leaves one out."""
        usual = {
            "client_id": self.id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid profile email",
            "state": "a state",
            "nonce": "n-0S6",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    def address(self, **changes: str | None) -> str:
        """The address that people are sent to."""
        return f"/oauth/authorize?{urlencode(self.request(**changes))}"

    async def code(self, browser: Browser, **changes: str | None) -> str:
        """A fresh code for whoever is signed in in the browser."""
        answer = await browser.get(self.address(**changes), follow=False)
        found = parameters_of(answer)
        assert "code" in found, found
        return found["code"]

    async def post(self, path: str, form: Mapping[str, str], **headers: str) -> httpx2.Response:
        """A call of this client with its secret by Basic, unless it has none."""
        if self.secret:
            pair = f"{quote_plus(self.id)}:{quote_plus(self.secret)}"
            headers = {"authorization": "Basic " + base64.b64encode(pair.encode()).decode(), **headers}
        else:
            form = {"client_id": self.id, **form}
        return await self.http.post(self.at(path), data=dict(form), headers=headers)

    async def redeem(self, code: str, **changes: str | None) -> httpx2.Response:
        """Redeem a code."""
        usual = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
        }
        return await self.post("/oauth/token", {k: v for k, v in {**usual, **changes}.items() if v is not None})

    async def tokens(self, browser: Browser, **changes: str | None) -> dict[str, Any]:
        """Sign in and get tokens."""
        answer = await self.redeem(await self.code(browser, **changes))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def refresh(self, token: str, **more: str) -> httpx2.Response:
        """Use a refresh token."""
        return await self.post("/oauth/token", {"grant_type": "refresh_token", "refresh_token": token, **more})

    async def userinfo(self, token: str) -> httpx2.Response:
        """Ask who it is."""
        return await self.http.get(self.at("/oauth/userinfo"), headers={"authorization": f"Bearer {token}"})

    async def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token of ours, checked against the published keys."""
        keys = KeySet.import_key_set((await self.http.get(self.at("/oauth/keys"))).json())
        return dict(jwt.decode(token, keys, algorithms=["RS256", "ES256", "PS256", "EdDSA"]).claims)


def parameters_of(answer: httpx2.Response) -> dict[str, str]:
    """What an answer tells the application, in whichever mode."""
    if answer.is_redirect:
        parts = urlsplit(answer.headers["location"])
        return dict(parse_qsl(parts.fragment or parts.query))
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text)
    return {name: html.unescape(value) for name, value in fields}


def query_of(answer: httpx2.Response) -> dict[str, list[str]]:
    """The query of a redirect."""
    return parse_qs(urlsplit(answer.headers["location"]).query)


async def shop(app: App, id_: str = "shop", *, secret: str = SECRET, first_party: bool = True, **settings: Any) -> Shop:
    """Register an application. It takes ES256, since an RSA key costs a second to make and every test has its own."""
    given = {"redirect_uris": [CALLBACK], "id_token_signed_response_alg": "ES256", **settings}
    if not secret:
        given.setdefault("token_endpoint_auth_method", "none")
    application = Application(
        tenant="acme", id=id_, title="The <b>Shop</b>", first_party=first_party, protocols={"oidc": given}
    )
    await app.kernel.applications.put(app.context, application)
    if secret:
        await app.kernel.applications.add_secret(app.context, id_, secret)
    return Shop(app, id_, secret, next(iter(given["redirect_uris"]), ""))


def hmac_token(header: Mapping[str, Any], claims: Mapping[str, Any], secret: bytes) -> str:
    """A JWS by HMAC-SHA-256, over whatever header and key: what an attacker would make."""
    return _signed(header, claims, lambda data: hmac.digest(secret, data, "sha256"))


def es256_token(header: Mapping[str, Any], claims: Mapping[str, Any], key: ECKey) -> str:
    """A JWS by ECDSA, over whatever header."""

    def sign(data: bytes) -> bytes:
        private = cast("ec.EllipticCurvePrivateKey", key.private_key)
        r, s = decode_dss_signature(private.sign(data, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return _signed(header, claims, sign)


def _signed(header: Mapping[str, Any], claims: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> str:
    data = b".".join(_b64(json.dumps(part).encode()) for part in (header, claims))
    return b".".join((data, _b64(sign(data)))).decode()


def _b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


async def ada(app: App, email: str = "ada@acme.example") -> User:
    """A person."""
    identifier = NewIdentifier(kind=IdentifierKind.EMAIL, value=email, verified=True)
    attributes = {"given_name": "Ada", "family_name": "Quillfeather"}
    return await app.kernel.users.create(app.context, NewUser(identifiers=(identifier,), attributes=attributes))


async def signed_in(app: App, user: User, *, acr: str = "aal1", **headers: str) -> Browser:
    """A browser in which the person is signed in."""
    browser = app.browser(**headers)
    tenant = await app.kernel.tenants.get("acme")
    assert isinstance(tenant, Tenant)
    proof = Proof(
        method="password",
        factors=frozenset({Factor.KNOWLEDGE}),
        amr=("pwd",),
        at=datetime.now(UTC).replace(microsecond=0),
    )
    _, secret = await app.kernel.sessions.begin(
        app.context, user.id, proofs=(proof,), acr=acr, amr=("pwd",), lifetime=SessionSettings(), shape={}
    )
    browser.client.cookies.set(cookie_name(Kind.SESSION, tenant), secret, domain="localhost.local")
    return browser
