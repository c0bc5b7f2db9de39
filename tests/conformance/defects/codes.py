"""Codes and refresh tokens that are good for too much."""

from __future__ import annotations

import httpx2

from tests.conformance.defects.meddling import TOKEN, USERINFO, changed, form_of, is_at, same, saying, telling
from tests.conformance.defects.registry import defect
from tests.conformance.network import Send


class Repeats:
    """A provider whose endpoint repeats its first good answer: to the same form (``by``), or to everybody."""

    def __init__(self, endpoint: str, by: str = "") -> None:
        self._endpoint = endpoint
        self._by = by
        self._known: dict[str, httpx2.Response] = {}

    async def __call__(self, request: httpx2.Request, send: Send) -> httpx2.Response:
        """Remember what was answered, and answer it again where the provider itself refuses."""
        response = await send(request)
        if not is_at(request, self._endpoint) or (self._by and self._by not in form_of(request)):
            return response
        if response.status_code == 200:
            return self._known.setdefault(form_of(request).get(self._by, ""), response)
        return next(iter(self._known.values()), response)


class GivesTheSame:
    """A provider that answers a refresh with the access token that is there already."""

    def __init__(self) -> None:
        self._first = ""

    async def __call__(self, request: httpx2.Request, send: Send) -> httpx2.Response:
        """Remember the first access token, and say it again."""
        response = await send(request)
        if not is_at(request, TOKEN) or response.status_code != 200:
            return response
        document = response.json()
        self._first = self._first or document["access_token"]
        return saying(response, {**document, "access_token": self._first})


defect("oidcc-codereuse", "a code is taken twice", "no refusal", lambda _: Repeats(TOKEN, "code"))
defect("oidcc-codereuse-30seconds", "a code is taken twice", "no refusal", lambda _: Repeats(TOKEN, "code"))
defect(
    "oidcc-codereuse-30seconds",
    "the first access token stays good",
    "outlives the reuse",
    lambda _: Repeats(USERINFO),
)
defect(
    "oidcc-refresh-token",
    "a refresh token is taken from another client",
    "no refusal",
    lambda _: Repeats(TOKEN, "refresh_token"),
)
defect(
    "oidcc-refresh-token",
    "the access token is always the same",
    "isn't new",
    lambda _: GivesTheSame(),
)
defect(
    "oidcc-refresh-token",
    "there is no refresh token",
    "no refresh token",
    same(telling(TOKEN, changed(refresh_token=None))),
)
