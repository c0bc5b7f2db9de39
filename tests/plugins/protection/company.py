"""Another company's verification, with the rules of the real ones: a token is good once, for a while, for the site that it was made for."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import httpx2

SECRET, SITE_KEY, HOST = "canary-company-secret", "site-key-1", "localhost"
SITEVERIFY = {
    "hcaptcha": "https://api.hcaptcha.com/siteverify",
    "turnstile": "https://challenges.cloudflare.com/turnstile/v0/siteverify",
}
USED = {"hcaptcha": "already-seen-response", "turnstile": "timeout-or-duplicate"}
EXPIRED = {"hcaptcha": "expired-input-response", "turnstile": "timeout-or-duplicate"}


class Company:
    """Answers ``siteverify``. ``asked`` are the forms that came; ``down`` makes it fail as a test wants it."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self.asked: list[dict[str, str]] = []
        self.tokens: dict[str, dict[str, Any]] = {}
        self.down: httpx2.Response | Exception | None = None
        self.takes_twice = False

    def token(self, name: str = "good-token", *, hostname: str | None = HOST, expired: bool = False) -> str:
        """A token as the widget in a page makes it."""
        self.tokens[name] = {"hostname": hostname, "expired": expired, "used": False}
        return name

    def http_client(self, **_: Any) -> httpx2.AsyncClient:
        """Stands for the dialer's client."""
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if isinstance(self.down, Exception):
            raise self.down
        if self.down is not None:
            return self.down
        if request.method != "POST" or str(request.url) != SITEVERIFY[self.provider]:
            return httpx2.Response(404)
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.asked.append(form)
        return httpx2.Response(200, json=self._judged(form))

    def _judged(self, form: dict[str, str]) -> dict[str, Any]:
        if "secret" not in form:
            return _refused("missing-input-secret")
        if form["secret"] != SECRET:
            return _refused("invalid-input-secret")
        if self.provider == "hcaptcha" and form.get("sitekey", SITE_KEY) != SITE_KEY:
            return _refused("sitekey-secret-mismatch")
        if not form.get("response"):
            return _refused("missing-input-response")
        token = self.tokens.get(form["response"])
        if token is None:
            return _refused("invalid-input-response")
        if token["expired"]:
            return _refused(EXPIRED[self.provider])
        if token["used"] and not self.takes_twice:
            return _refused(USED[self.provider])
        token["used"] = True
        told = {"success": True, "challenge_ts": "2026-11-22T09:00:00Z", "error-codes": []}
        return {**told, "hostname": token["hostname"]} if token["hostname"] is not None else told


def _refused(code: str) -> dict[str, Any]:
    return {"success": False, "error-codes": [code]}
