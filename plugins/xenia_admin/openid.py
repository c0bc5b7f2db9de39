"""A client of OpenID Connect: how the console learns who somebody is. It knows of the provider what any other application knows.

OpenID Connect Core 1.0 sections 3.1 and 3.1.3.7, Discovery 1.0 section 4, PKCE (RFC 7636), ``iss`` in the answer (RFC 9207),
RP-Initiated Logout 1.0.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol
from urllib.parse import urlencode

import msgspec

from xenia.api import BadRequest, Clock, Unavailable, log, text

ALGORITHM = "ES256"
_LEEWAY = 60


class Answer(Protocol):
    """What came back."""

    @property
    def status_code(self) -> int:
        """The status."""
        ...

    @property
    def content(self) -> bytes:
        """The body."""
        ...


class Http(Protocol):
    """As much of an HTTP client as is needed here."""

    async def get(self, url: str) -> Answer:
        """GET."""
        ...

    async def post(self, url: str, *, data: Mapping[str, str]) -> Answer:
        """POST a form."""
        ...


class SignInFailed(BadRequest):
    """The provider refused, or its answer can't be believed."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, public=text("admin.sign_in.failed"))
        log.warning("console_sign_in_failed", reason=detail)


class Attempt(msgspec.Struct, frozen=True):
    """One sign-in under way: what must come back, where to go afterwards, and the browser that began it."""

    nonce: str
    verifier: str
    path: str
    browser: bytes

    @classmethod
    def begun(cls, path: str, browser: bytes) -> Attempt:
        """A fresh one."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(48), path, browser)

    @property
    def challenge(self) -> str:
        """The PKCE challenge, S256."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Identity(msgspec.Struct, frozen=True):
    """Who signed in, by an ID token that was checked."""

    subject: str
    session: str
    id_token: str


class Metadata(msgspec.Struct, frozen=True):
    """What the provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class OpenIdClient:
    """A public client of one issuer. ``http`` opens the connection: the host's guarded one, or a test's."""

    def __init__(
        self,
        http: Callable[[], AbstractAsyncContextManager[Http]],
        clock: Clock,
        *,
        issuer: str,
        client_id: str,
        redirect_uri: str,
    ) -> None:
        self._http = http
        self._clock = clock
        self.issuer = issuer
        self.client_id = client_id
        self.redirect_uri = redirect_uri

    async def authorization(self, attempt: Attempt, state: str) -> str:
        """The address that the browser is sent to."""
        async with self._provider() as (_, provider):
            query = {
                "client_id": self.client_id,
                "redirect_uri": self.redirect_uri,
                "response_type": "code",
                "scope": "openid",
                "state": state,
                "nonce": attempt.nonce,
                "code_challenge": attempt.challenge,
                "code_challenge_method": "S256",
            }
            return f"{provider.authorization_endpoint}?{urlencode(query)}"

    async def identity(self, attempt: Attempt, answer: Mapping[str, str]) -> Identity:
        """Who the answer (the query that the browser came back with) is about. Raises ``SignInFailed``."""
        if "error" in answer or not answer.get("code"):
            raise SignInFailed(f"the provider answered {answer.get('error', 'no code')!r}")
        async with self._provider() as (http, provider):
            if answer.get("iss", provider.issuer) != provider.issuer:
                raise SignInFailed("the answer comes from another issuer")
            form = {
                "grant_type": "authorization_code",
                "code": answer["code"],
                "redirect_uri": self.redirect_uri,
                "client_id": self.client_id,
                "code_verifier": attempt.verifier,
            }
            tokens = _read(await http.post(provider.token_endpoint, data=form), _Tokens)
            keys = _read(await http.get(provider.jwks_uri), dict[str, Any])
        return self._checked(tokens.id_token, keys, attempt.nonce)

    async def end_session(self, id_token: str, back: str) -> str:
        """Where the browser is sent to sign out; ``back`` without such an endpoint."""
        async with self._provider() as (_, provider):
            query = {"id_token_hint": id_token, "client_id": self.client_id, "post_logout_redirect_uri": back}
            return f"{provider.end_session_endpoint}?{urlencode(query)}" if provider.end_session_endpoint else back

    @asynccontextmanager
    async def _provider(self) -> AsyncIterator[tuple[Http, Metadata]]:
        async with self._http() as http:
            found = _read(await http.get(f"{self.issuer}/.well-known/openid-configuration"), Metadata)
            if found.issuer != self.issuer:
                raise SignInFailed(f"{self.issuer} calls itself {found.issuer}")
            yield http, found

    def _checked(self, token: str, keys: dict[str, Any], nonce: str) -> Identity:
        """OpenID Connect Core section 3.1.3.7."""
        from joserfc import jwt  # imported late: a start is shorter, and a sign-in can wait for it
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=[ALGORITHM]).claims  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError) as problem:
            raise SignInFailed(f"the ID token can't be verified: {type(problem).__name__}") from problem
        if problem_found := self._problem(claims, nonce):
            raise SignInFailed(f"the ID token is wrong: {problem_found}")
        return Identity(claims["sub"], claims["sid"], token)

    def _problem(self, claims: Mapping[str, Any], nonce: str) -> str:
        now = self._clock.now().timestamp()
        expires = claims.get("exp")
        checks = {
            "iss": claims.get("iss") == self.issuer,
            "aud": claims.get("aud") in (self.client_id, [self.client_id]),
            "exp": isinstance(expires, int | float) and now < expires + _LEEWAY,
            "nonce": claims.get("nonce") == nonce,
            "sub": isinstance(claims.get("sub"), str),
            "sid": isinstance(claims.get("sid"), str),
        }
        return ", ".join(name for name, is_right in checks.items() if not is_right)


def _read(answer: Answer, kind: Any) -> Any:
    if answer.status_code >= 500:
        raise Unavailable(f"the provider answered {answer.status_code}")
    if answer.status_code != 200:
        raise SignInFailed(f"the provider answered {answer.status_code}")
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.MsgspecError as problem:
        raise SignInFailed("the provider's answer can't be read") from problem
