"""A person's browser without script, which follows every redirect, from site to site."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from urllib.parse import urljoin

import httpx2

from xenia.testing.app import form_of

_POSTS_ITSELF = re.compile(r"<form[^>]*action=\"([^\"]*)\"[^>]*data-form-post")
_HIDDEN = re.compile(r"<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")


class Person:
    """Somebody in front of pages. Cookies belong to a host, whatever its port, as in every browser."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def opens(self, address: str) -> httpx2.Response:
        """The page that the address leads to in the end."""
        return await self._on(await self.client.get(address))

    async def sends(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        """Fill in the form that has these fields; the page that it leads to."""
        action, hidden = form_of(page, fields)
        return await self._post(page, action, {**hidden, **fields})

    async def signs_in(self, page: httpx2.Response, identifier: str, password: str) -> httpx2.Response:
        """Answer both questions of a sign-in; where it leads."""
        return await self.sends(await self.sends(page, identifier=identifier), password=password)

    async def _on(self, page: httpx2.Response) -> httpx2.Response:
        """Press the button of a form that a script would send."""
        if found := _POSTS_ITSELF.search(page.text):
            hidden = {name: unescape(value) for name, value in _HIDDEN.findall(page.text)}
            return await self._post(page, unescape(found[1]), hidden)
        return page

    async def _post(self, page: httpx2.Response, action: str, fields: dict[str, str]) -> httpx2.Response:
        here = page.url
        headers = {"origin": f"{here.scheme}://{here.netloc.decode()}"}
        return await self._on(await self.client.post(urljoin(str(here), action), data=fields, headers=headers))


@asynccontextmanager
async def person() -> AsyncIterator[Person]:
    """Somebody new."""
    shown = {"accept": "text/html"}
    async with httpx2.AsyncClient(headers=shown, follow_redirects=True, trust_env=False, timeout=60) as client:
        yield Person(client)
