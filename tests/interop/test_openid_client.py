"""An independent client library, over real sockets: discovery, sign-in, UserInfo, refresh, introspection, revocation,
sign-out.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.interop.serving import served
from tests.plugins.oidc.support import SECRET, ada, shop, signed_in
from tests.programs import require
from xenia.db import Database
from xenia.http.cookies import Kind, cookie_name
from xenia.testing.app import App

HERE = Path(__file__).parent
MODULES = HERE.parent / "node" / "node_modules"
CALLBACK = "http://localhost:9/callback"

pytestmark = pytest.mark.slow


async def _cookie(app: App) -> dict[str, str]:
    """The cookie of somebody who is signed in."""
    browser = await signed_in(app, await ada(app))
    tenant = await app.kernel.tenants.get("acme")
    assert tenant is not None
    name = cookie_name(Kind.SESSION, tenant)
    return {name: str(browser.cookie(name))}


@pytest.mark.parametrize("secret", [SECRET, ""])
async def test_openid_client_is_satisfied(database: Database, secret: str, tmp_path: Path) -> None:
    script = tmp_path / "relying_party.mjs"
    script.write_text((HERE / "relying_party.mjs").read_text())
    (tmp_path / "node_modules").symlink_to(MODULES)
    async with served(database) as (app, address):
        await shop(
            app,
            secret=secret,
            redirect_uris=[CALLBACK],
            post_logout_redirect_uris=[CALLBACK],
            id_token_signed_response_alg="RS256",
        )
        said = await _talk(script, f"{address}/t/acme", secret, await _cookie(app))
    assert said["known"]["email"] == "ada@acme.example"
    assert (said["same"], said["away"].split("?")[0]) == (True, CALLBACK)
    if secret:
        assert (said["seen"], said["dead"]) == (True, False)


async def _talk(script: Path, issuer: str, secret: str, cookies: dict[str, str]) -> dict[str, Any]:
    """Be the browser of the relying party until it has said its last."""
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(
        require("node 20"), str(script), issuer, "shop", secret, CALLBACK, stdin=pipe, stdout=pipe, stderr=pipe
    )
    assert program.stdin is not None
    assert program.stdout is not None
    assert program.stderr is not None
    async with httpx2.AsyncClient(headers={"accept": "text/html"}, cookies=cookies) as browser:
        async for line in program.stdout:
            said: dict[str, Any] = json.loads(line)
            if "visit" not in said:
                await program.wait()
                return said
            answer = await browser.get(said["visit"])
            program.stdin.write(answer.headers["location"].encode() + b"\n")
            await program.stdin.drain()
    raise AssertionError((await program.stderr.read()).decode())
