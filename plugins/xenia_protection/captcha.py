"""Puzzles of other companies: hCaptcha and Turnstile. The widget makes a token in the page, and the company tells us whether it is good.

Sources: docs.hcaptcha.com ("Verify the User Response Server Side"), developers.cloudflare.com/turnstile ("Validate the token").
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import msgspec

from xenia.api import Context, Form, Host, Unavailable, log
from xenia_protection.errors import CantTell
from xenia_protection.settings import ProtectionSettings, Provider

SECONDS = 3.0
LONGEST_TOKEN = 4096
ONCE = timedelta(minutes=10)
OURS = frozenset(
    {"missing-input-secret", "invalid-input-secret", "sitekey-secret-mismatch", "bad-request", "internal-error"}
)
"""Error codes that tell of our configuration, or of their trouble, and nothing of the person."""


class Widget(msgspec.Struct, frozen=True, kw_only=True):
    """What a page needs for a company's puzzle, and where its answers are verified."""

    script: str
    css: str
    field: str
    verify_url: str
    lets_in: dict[str, tuple[str, ...]]


_H, _T = ("https://hcaptcha.com", "https://newassets.hcaptcha.com"), ("https://challenges.cloudflare.com",)
WIDGETS = {
    Provider.HCAPTCHA: Widget(
        script="https://js.hcaptcha.com/1/api.js",
        css="h-captcha",
        field="h-captcha-response",
        verify_url="https://api.hcaptcha.com/siteverify",
        lets_in={
            "script-src": ("https://js.hcaptcha.com", *_H),
            "style-src": _H,
            "frame-src": _H,
            "connect-src": ("https://api.hcaptcha.com", *_H),
        },
    ),
    Provider.TURNSTILE: Widget(
        script="https://challenges.cloudflare.com/turnstile/v0/api.js",
        css="cf-turnstile",
        field="cf-turnstile-response",
        verify_url="https://challenges.cloudflare.com/turnstile/v0/siteverify",
        lets_in={"script-src": _T, "frame-src": _T},
    ),
}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the company says of a token."""

    success: bool = False
    hostname: str | None = None
    errors: tuple[str, ...] | None = msgspec.field(default=None, name="error-codes")


class Captcha:
    """Asks the tenant's company."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @cached_property
    def _http(self) -> Any:
        """One client, made with the first question."""
        return self._host.dialer.http_client(timeout=SECONDS)

    async def is_person(self, context: Context, settings: ProtectionSettings, form: Form) -> bool:
        """Whether the posted token is good, for this tenant's host, and comes for the first time. Where nobody can say, the setting does."""
        token = form.get(WIDGETS[settings.provider].field, "")
        if not token or len(token) > LONGEST_TOKEN or not token.isascii():
            return False
        try:
            told = await self._ask(settings, token)
        except CantTell as problem:
            log.warning("captcha_not_verified", tenant=context.tenant, problem=str(problem))
            return settings.fail_open
        if not told.success or told.hostname != await self._own_host(context):
            return False
        # The company takes a token once too; of two that come at the same moment only this tells.
        return await self._host.one_time.claim(context.tenant, "captcha", token, ONCE)

    async def _ask(self, settings: ProtectionSettings, token: str) -> Told:
        widget = WIDGETS[settings.provider]
        data = {"secret": settings.secret.reveal(), "response": token}
        if settings.provider is Provider.HCAPTCHA:
            data["sitekey"] = settings.site_key
        http = self._http
        try:
            async with asyncio.timeout(SECONDS):
                answer = await http.post(settings.verify_url or widget.verify_url, data=data)
            told = msgspec.json.decode(answer.content, type=Told)
        except (Unavailable, TimeoutError, msgspec.DecodeError, RecursionError) as problem:
            raise CantTell(type(problem).__name__) from problem
        errors = told.errors or ()
        if answer.status_code >= 500 or OURS & set(errors):
            raise CantTell(f"status {answer.status_code}, {', '.join(errors)[:200]}")
        return told

    async def _own_host(self, context: Context) -> str:
        return urlsplit(await self._host.url(context, "/")).hostname or ""

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        if "_http" in vars(self):
            await self._http.aclose()
