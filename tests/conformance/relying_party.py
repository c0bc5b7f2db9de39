"""A relying party that believes nothing: it checks every answer, with a library that isn't the provider's own."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tests.conformance.expect import NotConforming, expect
from tests.conformance.providers.provider import Provider, Registration
from tests.conformance.visitor import Arrival, Outcome, Page, Visitor

_OLD_SECONDS = 60


@dataclass(frozen=True)
class SignIn:
    """A finished sign-in: what was asked, the code, the token response, and the ID token's claims."""

    request: dict[str, str]
    code: str
    tokens: dict[str, Any]
    claims: dict[str, Any]

    @property
    def access_token(self) -> str:
        """The access token."""
        return str(self.tokens["access_token"])


class RelyingParty:
    """One client of a provider. ``mode`` is the ``response_mode`` that it asks for; ``""`` leaves it to the provider."""

    def __init__(
        self, provider: Provider, client: Registration, transport: httpx2.AsyncBaseTransport, mode: str = ""
    ) -> None:
        self.provider = provider
        self.client = client
        self.mode = mode
        self.http = httpx2.AsyncClient(transport=transport)
        self._metadata: dict[str, Any] = {}

    @cached_property
    def configuration_address(self) -> str:
        """Where the provider describes itself (OpenID Connect Discovery section 4)."""
        return f"{self.provider.issuer}/.well-known/openid-configuration"

    async def metadata(self) -> dict[str, Any]:
        """The provider's description, read once."""
        if not self._metadata:
            self._metadata = await self.document(self.configuration_address)
        return self._metadata

    async def document(self, address: str) -> dict[str, Any]:
        """A JSON object. Raises ``NotConforming`` where there is none."""
        answer = await self.http.get(address)
        expect(answer.status_code == 200, f"{address} answers {answer.status_code}")
        expect("json" in answer.headers.get("content-type", ""), f"{address} is no JSON")
        return dict(answer.json())

    def request(self, **changes: str | None) -> dict[str, str]:
        """An authorization request like every module's; a change to ``None`` leaves a parameter out."""
        usual = {
            "client_id": self.client.id,
            "redirect_uri": self.client.redirect_uri,
            "scope": "openid",
            "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8),
            "response_type": "code",
            "response_mode": self.mode or None,
        }
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    async def ask(self, visitor: Visitor, request: Mapping[str, str], *, by_post: bool = False) -> Outcome:
        """Send the person to the provider."""
        address = (await self.metadata())["authorization_endpoint"]
        if by_post:
            return await visitor.post(address, request)
        return await visitor.open(f"{address}?{urlencode(request)}")

    async def sign_in(
        self, visitor: Visitor, request: Mapping[str, str] | None = None, *, verifier: str = "", **changes: str | None
    ) -> SignIn:
        """The whole flow, through the provider's pages where it shows some."""
        asked = dict(request or self.request(**changes))
        return await self.finish(asked, await self.passed(visitor, await self.ask(visitor, asked)), verifier=verifier)

    async def passed(self, visitor: Visitor, outcome: Outcome) -> Outcome:
        """Sign in where that is what the provider wants."""
        return await self.provider.sign_in(visitor, outcome) if isinstance(outcome, Page) else outcome

    async def finish(self, asked: dict[str, str], outcome: Outcome, *, verifier: str = "") -> SignIn:
        """From the answer to tokens that were checked."""
        code = self.code(asked, outcome)
        answer = await self.redeem(code, verifier=verifier)
        tokens = self.tokens(answer)
        claims = await self.id_token(str(tokens.get("id_token", "")), nonce=asked.get("nonce", ""))
        expect(_is_hash_of(claims.get("at_hash"), tokens["access_token"]), "at_hash is of another access token")
        return SignIn(asked, code, tokens, claims)

    def answered(self, asked: Mapping[str, str], outcome: Outcome) -> dict[str, str]:
        """The parameters of an answer that came to the right place in the right way."""
        if isinstance(outcome, Page):
            raise NotConforming(f"no answer came: the provider stays at {outcome.address} ({outcome.status})")
        expect(outcome.address == self.client.redirect_uri, f"the answer went to {outcome.address}")
        expect(outcome.mode == (self.mode or "query"), f"the answer came by {outcome.mode}")
        expect(outcome.parameters.get("state") == asked.get("state"), "state came back changed")
        expect(
            outcome.parameters.get("iss", self.provider.issuer) == self.provider.issuer, "iss is another's (RFC 9207)"
        )
        return outcome.parameters

    def code(self, asked: Mapping[str, str], outcome: Outcome) -> str:
        """The code of an answer."""
        found = self.answered(asked, outcome)
        expect("error" not in found, f"refused: {found.get('error')}")
        expect(found.get("code"), "the answer holds no code")
        return found["code"]

    def error(self, asked: Mapping[str, str], outcome: Outcome) -> str:
        """The error of an answer."""
        found = self.answered(asked, outcome)
        expect("error" in found and "code" not in found, "no error was answered")
        return found["error"]

    async def redeem(self, code: str, *, verifier: str = "") -> httpx2.Response:
        """Show a code at the token endpoint."""
        more = {"code_verifier": verifier} if verifier else {}
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.client.redirect_uri, **more}
        return await self.token_request(form)

    async def token_request(self, form: Mapping[str, str]) -> httpx2.Response:
        """A call of the token endpoint in the client's registered way."""
        address = (await self.metadata())["token_endpoint"]
        if self.client.method == "client_secret_post":
            own = {"client_id": self.client.id, "client_secret": self.client.secret}
            return await self.http.post(address, data={**form, **own})
        pair = f"{quote_plus(self.client.id)}:{quote_plus(self.client.secret)}".encode()
        return await self.http.post(
            address, data=dict(form), headers={"authorization": "Basic " + base64.b64encode(pair).decode()}
        )

    def tokens(self, answer: httpx2.Response) -> dict[str, Any]:
        """A successful token response (RFC 6749 section 5.1)."""
        expect(answer.status_code == 200, f"the token endpoint answers {answer.status_code}")
        expect("no-store" in answer.headers.get("cache-control", ""), "a token response may be stored")
        found = dict(answer.json())
        expect(found.get("access_token"), "no access token")
        expect(str(found.get("token_type")).lower() == "bearer", "token_type isn't Bearer")
        return found

    async def verified(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of a token that one of the provider's published keys signed with an algorithm that it announces."""
        metadata = await self.metadata()
        try:
            keys = KeySet.import_key_set(await self.document(metadata["jwks_uri"]))  # type: ignore[arg-type]
            found = jwt.decode(token, keys, algorithms=metadata["id_token_signing_alg_values_supported"])
        except (JoseError, ValueError) as problem:
            raise NotConforming(f"the signature doesn't hold: {problem}") from problem
        return dict(found.header), dict(found.claims)

    async def id_token(self, token: str, *, nonce: str = "") -> dict[str, Any]:
        """The claims of an ID token, checked by OpenID Connect Core section 3.1.3.7."""
        header, claims = await self.verified(token)
        expect(header["alg"] == "RS256", f"signed with {header['alg']}, though nothing but the default was asked for")
        expect(claims.get("iss") == self.provider.issuer, "iss isn't the issuer")
        expect(claims.get("aud") in (self.client.id, [self.client.id]), "aud isn't this client")
        expect(claims.get("azp", self.client.id) == self.client.id, "azp isn't this client")
        subject = claims.get("sub")
        expect(isinstance(subject, str) and 0 < len(subject) < 256 and subject.isascii(), "sub is malformed")
        expect(claims.get("nonce", "") == nonce, "nonce isn't the one that was sent")
        _check_times(claims)
        return claims

    async def userinfo(self, token: str) -> dict[str, Any]:
        """What UserInfo says."""
        return self.told(await self.userinfo_answer(token))

    async def userinfo_answer(self, token: str, *, how: str = "get") -> httpx2.Response:
        """The answer of UserInfo to a token that is shown in one of the ways of RFC 6750 section 2."""
        address = (await self.metadata())["userinfo_endpoint"]
        bearer = {"authorization": f"Bearer {token}"}
        match how:
            case "get":
                return await self.http.get(address, headers=bearer)
            case "post-header":
                return await self.http.post(address, headers=bearer)
            case _:
                return await self.http.post(address, data={"access_token": token})

    def told(self, answer: httpx2.Response) -> dict[str, Any]:
        """The claims of an answer of UserInfo."""
        expect(answer.status_code == 200, f"UserInfo answers {answer.status_code}")
        found = dict(json.loads(answer.text))
        expect(found.get("sub"), "UserInfo says no sub")
        return found

    async def leave(self, visitor: Visitor, **parameters: str) -> Outcome:
        """Send the person to the end_session_endpoint, and agree where the provider asks."""
        address = (await self.metadata())["end_session_endpoint"]
        outcome = await visitor.open(f"{address}?{urlencode(parameters)}" if parameters else address)
        return await self.provider.confirm_logout(visitor, outcome) if isinstance(outcome, Page) else outcome

    async def is_signed_in(self, visitor: Visitor) -> bool:
        """Whether the provider still knows the person, asked silently."""
        asked = self.request(prompt="none")
        return "code" in self.answered(asked, await self.ask(visitor, asked))


def _check_times(claims: Mapping[str, Any]) -> None:
    """By this side's clock, which a provider that let time pass may be ahead of."""
    now = time.time()
    expect(claims.get("exp", 0) > now, "the ID token has expired")
    expect(isinstance(claims.get("iat"), int), "iat is missing")
    expect(claims["iat"] > now - _OLD_SECONDS, "the ID token is old")
    expect(claims.get("auth_time", claims["iat"]) <= claims["iat"], "auth_time lies in the future")


def _is_hash_of(at_hash: Any, access_token: str) -> bool:
    """Section 3.1.3.6; optional in the code flow."""
    digest = hashlib.sha256(access_token.encode("ascii")).digest()[:16]
    return at_hash is None or at_hash == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_at(outcome: Outcome, address: str) -> bool:
    """Whether the person was led to an address of the application."""
    return isinstance(outcome, Arrival) and outcome.address == address
