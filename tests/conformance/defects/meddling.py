"""Ways to change what passes between applications and a provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

from tests.conformance.network import Meddler, Send
from tests.conformance.providers.provider import Provider

DISCOVERY = "/.well-known/openid-configuration"
AUTHORIZE, TOKEN, USERINFO = "/oauth/authorize", "/oauth/token", "/oauth/userinfo"
KEYS, LOGOUT = "/oauth/keys", "/oauth/logout"
_OF_THE_BODY = {"content-length", "content-encoding", "transfer-encoding", "host"}

Document = dict[str, Any]
Condition = Callable[[Mapping[str, str]], bool]


def is_at(request: httpx2.Request, endpoint: str) -> bool:
    """Whether the request goes to an endpoint."""
    return str(request.url.path).endswith(endpoint)


def query_of(request: httpx2.Request) -> dict[str, str]:
    """The parameters in its address."""
    return dict(parse_qsl(request.url.query.decode("ascii")))


def form_of(request: httpx2.Request) -> dict[str, str]:
    """The parameters in its body."""
    return dict(parse_qsl(request.content.decode("ascii")))


def asking(request: httpx2.Request, query: Mapping[str, str]) -> httpx2.Request:
    """The same request with another query."""
    address = request.url.copy_with(query=urlencode(query).encode("ascii"))
    return httpx2.Request(request.method, address, headers=_kept(request.headers), content=request.content)


def posting(request: httpx2.Request, form: Mapping[str, str]) -> httpx2.Request:
    """The same request with another form."""
    body = urlencode(form).encode("ascii")
    return httpx2.Request(request.method, request.url, headers=_kept(request.headers), content=body)


def saying(response: httpx2.Response, document: Document) -> httpx2.Response:
    """The same answer with another JSON object."""
    body = json.dumps(document).encode()
    return httpx2.Response(response.status_code, headers=_kept(response.headers), content=body)


def leading_to(address: str, **parameters: str) -> httpx2.Response:
    """A redirect."""
    more = f"?{urlencode(parameters)}" if parameters else ""
    return httpx2.Response(303, headers={"location": f"{address}{more}"})


def refused(status: int, error: str) -> httpx2.Response:
    """An error, as endpoints for programs answer it."""
    return httpx2.Response(status, json={"error": error})


def _kept(headers: httpx2.Headers) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers.multi_items() if name.lower() not in _OF_THE_BODY]


def same(meddler: Meddler) -> Callable[[Provider], Meddler]:
    """A plant of a meddler that keeps nothing in mind."""
    return lambda _: meddler


# -- authorization requests


def ignoring(name: str, **instead: str) -> Meddler:
    """A provider that never reads a parameter of authorization requests; ``instead`` is what it believes."""

    async def meddle(request: httpx2.Request, send: Send) -> httpx2.Response:
        query = query_of(request)
        if is_at(request, AUTHORIZE) and query.pop(name, None) is not None:
            request = asking(request, {**query, **instead})
        return await send(request)

    return meddle


def refusing(unwanted: Condition) -> Meddler:
    """A provider that answers ``invalid_request`` to authorization requests of a kind."""

    async def meddle(request: httpx2.Request, send: Send) -> httpx2.Response:
        query = query_of(request)
        if is_at(request, AUTHORIZE) and unwanted(query):
            return leading_to(query["redirect_uri"], error="invalid_request", state=query["state"])
        return await send(request)

    return meddle


def refusing_parameter(name: str) -> Meddler:
    """A provider that refuses every request with a parameter."""
    return refusing(lambda query: name in query)


# -- what programs are told


def telling(endpoint: str, change: Callable[[Document], Document]) -> Meddler:
    """A provider whose endpoint says something else, where it says anything."""

    async def meddle(request: httpx2.Request, send: Send) -> httpx2.Response:
        response = await send(request)
        if is_at(request, endpoint) and response.status_code == 200:
            return saying(response, change(response.json()))
        return response

    return meddle


def changed(**changes: Any) -> Callable[[Document], Document]:
    """The document with other members; ``None`` takes one out."""

    def change(document: Document) -> Document:
        return {name: value for name, value in {**document, **changes}.items() if value is not None}

    return change


def answering(endpoint: str, status: int, error: str, *, where: Callable[[httpx2.Request], bool]) -> Meddler:
    """A provider whose endpoint refuses some requests."""

    async def meddle(request: httpx2.Request, send: Send) -> httpx2.Response:
        if is_at(request, endpoint) and where(request):
            return refused(status, error)
        return await send(request)

    return meddle


# -- tokens


class Forger:
    """A provider that says something else in its ID tokens, and signs that with a key that it publishes."""

    def __init__(
        self,
        change: Callable[[Document], Document],
        *,
        algorithm: str = "RS256",
        publishes: bool = True,
        id_tokens: bool = True,
    ) -> None:
        self._change = change
        self._algorithm = algorithm
        self._publishes = publishes
        self._id_tokens = id_tokens
        parameters: Any = {"kid": "planted", "alg": algorithm, "use": "sig"}
        self._key = (
            RSAKey.generate_key(2048, parameters) if algorithm == "RS256" else ECKey.generate_key("P-256", parameters)
        )

    async def __call__(self, request: httpx2.Request, send: Send) -> httpx2.Response:
        """Change what passes."""
        response = await send(request)
        if is_at(request, KEYS) and self._publishes:
            keys = [*response.json()["keys"], self._key.as_dict(private=False)]
            return saying(response, {"keys": keys})
        if self._id_tokens and is_at(request, TOKEN) and response.status_code == 200:
            document = response.json()
            return saying(response, {**document, "id_token": self.forged(document["id_token"])})
        return response

    def forged(self, token: str) -> str:
        """The token's claims, changed and signed anew."""
        parsed = jws.extract_compact(token.encode("ascii"))
        header = {**parsed.headers(), "alg": self._algorithm, "kid": "planted"}
        return jwt.encode(header, self._change(json.loads(parsed.payload)), self._key, algorithms=[self._algorithm])


def forging(
    change: Callable[[Document], Document], *, algorithm: str = "RS256", publishes: bool = True
) -> Callable[[Provider], Meddler]:
    """A plant of a :class:`Forger`, whose key is made when it is wanted."""
    return lambda _: Forger(change, algorithm=algorithm, publishes=publishes)
