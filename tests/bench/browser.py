"""A person's browser and the application behind it: from the authorization request to the ID token, over real connections."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.bench.seeds import CALLBACK, PASSWORD, basic

_VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-0123456789"
_CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).rstrip(b"=").decode()
_FORM = re.compile(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
_REQUEST = {
    "client_id": "shop",
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "openid profile email",
    "state": "a state",
    "nonce": "n-0S6",
    "code_challenge": _CHALLENGE,
    "code_challenge_method": "S256",
}


class Person:
    """One sign-in of one person, a step at a time, so that each can be measured alone."""

    def __init__(self, connection: HTTPConnection, base: str, address: str) -> None:
        self._connection = connection
        self._origin, self._base = base.split("/t/")[0], urlsplit(base).path
        self._address = address
        self._cookies: dict[str, str] = {}
        self._place = ""
        self._page = ""

    def open(self) -> None:
        """The authorization request, and the page it leads to."""
        self._follow(*self._ask("GET", f"{self._base}/oauth/authorize?{urlencode(_REQUEST)}"))

    def identify(self) -> None:
        """Type the address."""
        self._submit(identifier=self._address)

    def prove(self) -> None:
        """Type the password: the journey ends and leads back to the application."""
        self._submit(password=PASSWORD)
        if not self._place.startswith(CALLBACK):
            raise RuntimeError(f"{self._address} didn't arrive: {self._place}\n{self._page[:500]}")

    def redeem(self) -> dict[str, Any]:
        """What the application does with the code: its tokens."""
        (code,) = parse_qs(urlsplit(self._place).query)["code"]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": _VERIFIER,
        }
        answer, body = self._ask("POST", f"{self._base}/oauth/token", form, {"authorization": basic("shop")})
        tokens: dict[str, Any] = json.loads(body)
        if answer.status != 200 or "id_token" not in tokens:
            raise RuntimeError(f"{answer.status}: {body!r}")
        return tokens

    def rest(self) -> None:
        """Leave the server alone for a while; the next step connects anew."""
        self._connection.close()

    def _submit(self, **fields: str) -> None:
        (wanted,) = fields
        for action, inner in _FORM.findall(self._page):
            if f'name="{wanted}"' in inner:
                hidden = {name: unescape(value) for name, value in _HIDDEN.findall(inner)}
                self._follow(*self._ask("POST", unescape(action) or self._place, {**hidden, **fields}))
                return
        raise RuntimeError(f"no form with {wanted} on {self._place}:\n{self._page[:2000]}")

    def _follow(self, answer: HTTPResponse, body: bytes) -> None:
        """Go where the answer leads, within our own origin."""
        while location := answer.getheader("location"):
            self._place = location.removeprefix(self._origin)
            if not self._place.startswith("/"):
                return
            answer, body = self._ask("GET", self._place)
        self._page = body.decode()

    def _ask(
        self, method: str, path: str, form: dict[str, str] | None = None, more: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin", "user-agent": "bench", **(more or {})}
        if form is not None:
            headers |= {"content-type": "application/x-www-form-urlencoded", "origin": self._origin}
        if self._cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = self._connection.getresponse()
        body = answer.read()
        for cookie in answer.headers.get_all("set-cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer, body


def connected(base: str) -> HTTPConnection:
    """A connection of one's own to the server."""
    parts = urlsplit(base)
    return HTTPConnection(str(parts.hostname), parts.port, timeout=60)
