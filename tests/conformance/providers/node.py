"""npm oidc-provider, an independent and certified implementation: a module that it fails would be a wrong module."""

from __future__ import annotations

import asyncio
import json
import shutil
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.conformance.expect import NotConforming
from tests.conformance.notices import Notices
from tests.conformance.providers.provider import BASIC, CLAIMS, EMAIL, POST, Provider, Registration
from tests.conformance.visitor import Outcome, Page, Visitor

MODULES = Path(__file__).parents[2] / "node" / "node_modules"
_SCRIPT = Path(__file__).with_name("oidc_provider.mjs")


def is_installed() -> bool:
    """Whether ``npm ci`` was run in ``tests/node``."""
    return bool(shutil.which("node")) and (MODULES / "oidc-provider").is_dir()


class Node(Provider):
    """One process of it."""

    def __init__(self, issuer: str, notices: Notices, process: Process) -> None:
        super().__init__(issuer, httpx2.AsyncHTTPTransport(), notices)
        self._process = process

    async def sign_in(self, visitor: Visitor, page: Page) -> Outcome:
        """A name with any password, and a form to agree to what is asked for."""
        outcome: Outcome = page
        while isinstance(outcome, Page):
            form = outcome.form("prompt")
            given = {"login": EMAIL, "password": "anything"} if form.has("login") else {}
            outcome = await visitor.submit(outcome, form, **given)
        return outcome

    async def confirm_logout(self, visitor: Visitor, page: Page) -> Outcome:
        """The button beside the form."""
        asked = [form for form in page.forms if form.has("xsrf")]
        return await visitor.submit(page, asked[0], logout="yes") if asked else page

    async def let_pass(self, seconds: int) -> None:
        """Move the clock of the process forward."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{seconds}\n".encode())
        await self._process.stdin.drain()
        if await self._process.stdout.readline() != b"passed\n":
            raise NotConforming("the process ended")


@asynccontextmanager
async def running(notices: Notices) -> AsyncIterator[Node]:
    """A process on a port of its own."""
    given = {"clients": [_metadata(BASIC, notices.address), _metadata(POST)], "claims": CLAIMS, "modules": str(MODULES)}
    process = await asyncio.create_subprocess_exec(
        "node", str(_SCRIPT), json.dumps(given), stdin=PIPE, stdout=PIPE, stderr=DEVNULL
    )
    assert process.stdout is not None
    try:
        issuer = json.loads(await process.stdout.readline())["issuer"]
        yield (node := Node(issuer, notices, process))
        await node.transport.aclose()
    finally:
        process.kill()
        await process.communicate()


def _metadata(registration: Registration, backchannel_logout_uri: str = "") -> dict[str, Any]:
    told = {"backchannel_logout_uri": backchannel_logout_uri, "backchannel_logout_session_required": True}
    return {
        "client_id": registration.id,
        "client_secret": registration.secret,
        "token_endpoint_auth_method": registration.method,
        "redirect_uris": [registration.redirect_uri],
        "post_logout_redirect_uris": [registration.post_logout_redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "require_auth_time": True,
        **(told if backchannel_logout_uri else {}),
    }
