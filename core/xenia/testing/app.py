"""The whole application in a test: on a real database, with the plugins that are asked for, and a browser that keeps cookies.

``app`` builds one; ``browser`` is a client of its tenant ``acme``. Background work doesn't run by itself: ``await app.settle()`` seals events,
reacts to them and runs the jobs, so that nothing waits on the clock.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from html import unescape
from typing import Any
from urllib.parse import urljoin

import httpx2
import pytest

from xenia.app import Kernel, front_of
from xenia.clock import Clock, SystemClock
from xenia.context import Context, system_actor
from xenia.db import Database
from xenia.plugin.manifest import Plugin, discover
from xenia.security.sealing import MasterKey
from xenia.settings import Settings
from xenia.tenants.models import NewTenant, Tenant

PUBLIC_URL = "http://localhost:8000"
TENANT = "acme"
MOST_HOPS = 20
_SEALING_SECONDS = 30
_UNSEALED = """
    SELECT EXISTS (SELECT FROM events e WHERE NOT EXISTS (
        SELECT FROM event_positions p WHERE p.tenant_id = e.tenant_id AND p.event_id = e.id))"""
_FORM = re.compile(r"<form[^>]*action=\"([^\"]*)\"[^>]*>(.*?)</form>", re.DOTALL)
_HIDDEN = re.compile(r"<input[^>]*type=\"hidden\"[^>]*name=\"([^\"]+)\"[^>]*value=\"([^\"]*)\"")


class App:
    """A running application. ``context`` is the system's, in the tenant ``acme``."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.front = front_of(kernel)
        self.context = Context(tenant=TENANT, actor=system_actor("test"))

    async def tenant(self, id_: str = TENANT, *, plugins: Sequence[str] | None = None) -> Tenant:
        """Create a tenant, with every installed plugin on unless some are named."""
        names = frozenset(manifest.name for manifest in self.kernel.plugins) if plugins is None else frozenset(plugins)
        new = NewTenant(id=id_, title=f"{id_.capitalize()} Stores", plugins=names)
        return await self.kernel.tenants.create(self.context.acting(system_actor("test")), new)

    def browser(self, tenant: str = TENANT, **headers: str) -> Browser:
        """A browser of its own."""
        return Browser(self.front, f"{PUBLIC_URL}/t/{tenant}", headers)

    async def settle(self) -> None:
        """Let everything behind the requests happen: jobs run, events are sealed and reacted to."""
        background = self.kernel.background
        for _ in range(3):
            await background.worker.drain()
            await self._seal()
            await background.dispatcher.dispatch()

    async def _seal(self) -> None:
        """Seal everything. An event waits for every older transaction of the server, those of other tests too."""
        async with asyncio.timeout(_SEALING_SECONDS):
            await self.kernel.background.sealer.seal()
            while await self.kernel.database.fetchval(_UNSEALED):
                await asyncio.sleep(0.01)
                await self.kernel.background.sealer.seal()


class Browser:
    """A person's browser without script: keeps cookies, sends what a form of ours sends, follows redirects on this host."""

    def __init__(self, front: Any, base: str, headers: Mapping[str, str]) -> None:
        self.base = base
        shown = {"accept": "text/html", "sec-fetch-site": "same-origin", **headers}
        transport = httpx2.ASGITransport(app=front, client=("192.0.2.1", 4000))
        self.client = httpx2.AsyncClient(transport=transport, base_url=PUBLIC_URL, headers=shown)

    def at(self, path: str) -> str:
        """The whole address of a path below the tenant."""
        return path if path.startswith(("http:", "/t/")) else f"{self.base}{path}"

    async def get(self, path: str, *, follow: bool = True, **options: Any) -> httpx2.Response:
        """Open a page; redirects within the host are followed."""
        return await self._followed(await self.client.get(self.at(path), **options), follow)

    async def post(self, path: str, data: Mapping[str, str], *, follow: bool = True, **options: Any) -> httpx2.Response:
        """Post a form."""
        return await self._followed(await self.client.post(self.at(path), data=dict(data), **options), follow)

    async def submit(self, page: httpx2.Response, *, follow: bool = True, **fields: str) -> httpx2.Response:
        """Fill in the page's main form (the last one that has a field of ours) and send it."""
        action, hidden = form_of(page, fields)
        return await self.post(urljoin(str(page.url), action), {**hidden, **fields}, follow=follow)

    async def _followed(self, response: httpx2.Response, follow: bool) -> httpx2.Response:
        hops = 0
        while (
            follow
            and response.is_redirect
            and urljoin(str(response.url), response.headers["location"]).startswith(PUBLIC_URL)
        ):
            hops += 1
            assert hops < MOST_HOPS, f"led in a circle: {response.headers['location']}"
            response = await self.client.get(urljoin(str(response.url), response.headers["location"]))
        return response

    def cookie(self, name: str) -> str | None:
        """A cookie's value."""
        return self.client.cookies.get(name)


def form_of(page: httpx2.Response, fields: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Where the form goes that has these fields, and its hidden values."""
    forms = _FORM.findall(page.text)
    wanted = [name for name in fields if name != "action"]
    for action, inner in forms:
        if all(f'name="{name}"' in inner for name in wanted) and (wanted or len(forms) == 1 or "action" in fields):
            hidden = {name: unescape(value) for name, value in _HIDDEN.findall(inner)}
            return unescape(action) or str(page.url), hidden
    raise AssertionError(f"no form with {wanted} on {page.url}: {page.status_code}\n{page.text[:2000]}")


MakeApp = Callable[..., Awaitable[App]]


@pytest.fixture
async def make_app(database: Database) -> AsyncIterator[MakeApp]:
    """Builds applications on the test's database: ``await make_app(plugins=[...], clock=...)``."""
    async with AsyncExitStack() as stack:

        async def make(
            plugins: Sequence[Plugin] | None = None,
            *,
            clock: Clock | None = None,
            development: bool = True,
            **changes: Any,
        ) -> App:
            settings = Settings(public_url=PUBLIC_URL, development=development, **changes)
            installed = discover() if plugins is None else tuple(plugins)
            kernel = Kernel(
                settings, installed, database, MasterKey(bytes(32)), live=False, clock=clock or SystemClock()
            )
            stack.push_async_callback(kernel.writer.close)
            await kernel.background.dispatcher.begin()
            return App(kernel)

        yield make


@pytest.fixture
async def app(make_app: MakeApp) -> App:
    """The application with every installed plugin, and its tenant ``acme``."""
    made = await make_app()
    await made.tenant()
    return made
