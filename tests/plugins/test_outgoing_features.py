"""No feature that calls out can be talked into calling inside: each is driven with every spelling of a host (bar B10, V71).

What runs is the application as in production. Every name leads to this machine; a canary listens on it under all its addresses, and beside it a
server that the operator listed, which shows that each feature was driven to the end.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import cast

import httpx2
import msgspec
import pytest

from tests.core.security.test_dialer import HOSTS, LOOPBACK, certificate, listed, redirect, resolving, serving
from tests.plugins.callers import CALLERS, KEY, OVER_HTTP, Caller, asking, console, issue, named, quoted
from tests.plugins.oidc.support import shop
from xenia.security.dialer import Dialer, Resolver
from xenia.settings_values import Destination
from xenia.testing.app import App, MakeApp
from xenia.testing.ready_keys import one_rsa_key
from xenia_admin.openid import Attempt
from xenia_admin.registration import own_client

__all__ = ["certificate", "one_rsa_key"]

PLAINEST = ("127.0.0.1", "[::1]", "localhost", "rebind.example")
INSIDE = (
    ["::1"],
    ["8.8.8.8", LOOPBACK],
    [LOOPBACK, "8.8.8.8"],
    ["::ffff:127.0.0.1"],
    ["10.0.0.1"],
    ["169.254.169.254"],
)


class Canary:
    """Listens on every address of this machine, IPv4 and IPv6, hangs up on whoever comes, and counts."""

    def __init__(self) -> None:
        self.connections = 0
        self._counted = asyncio.Event()
        both = socket.has_dualstack_ipv6()
        family = socket.AF_INET6 if both else socket.AF_INET
        self.socket = socket.create_server(("", 0), family=family, dualstack_ipv6=both, backlog=200)
        self.port: int = self.socket.getsockname()[1]

    async def met(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody came."""
        self.connections += 1
        self._counted.set()
        writer.close()

    async def is_alone(self) -> bool:
        """Whether nobody came: connections are taken in their order, so when ours is, it must be the first."""
        before, self._counted = self.connections, asyncio.Event()
        _, writer = await asyncio.open_connection(LOOPBACK, self.port)
        await self._counted.wait()
        writer.close()
        return before == 0 and self.connections == 1


@pytest.fixture
async def canary() -> AsyncIterator[Canary]:
    """What nobody may reach."""
    async with await asyncio.start_server((made := Canary()).met, sock=made.socket):
        yield made


@pytest.fixture
async def outside() -> AsyncIterator[Canary]:
    """What the operator listed."""
    async with await asyncio.start_server((made := Canary()).met, sock=made.socket):
        yield made


@pytest.fixture(autouse=True)
def _quick_keys(one_rsa_key: None) -> None: ...


@pytest.fixture
async def app(make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """As in production: no loopback, no plain http. What fails is tried once."""
    monkeypatch.setattr("xenia.jobs.worker.backoff", lambda _failures: timedelta(days=1))
    made = await make_app(development=False, data_dir=tmp_path, console_url="https://localhost:8000/t/system/console")
    await made.tenant()
    return made


def lead(app: App, to: Sequence[str] | Resolver, *, reachable: int) -> None:
    """Where names lead: every one to these addresses, or as a resolver says; the operator listed one port of this machine."""
    allow = (Destination(listed(reachable)[0].network, reachable),)
    resolver = to if callable(to) else cast("Resolver", resolving(*to))
    app.kernel.dialer = Dialer(allow, development=app.kernel.settings.development, resolver=resolver)


def spelled(caller: Caller, port: int) -> list[str]:
    """Each host in an address; the plainest also by the scheme without TLS."""
    safe, plain = caller.schemes
    return [*(f"{safe}://{host}:{port}/" for host in HOSTS), *(f"{plain}://{host}:{port}/" for host in PLAINEST)]


@pytest.mark.parametrize("past_checks", [False, True], ids=["configured", "stored"])
@pytest.mark.parametrize("caller", CALLERS, ids=named)
async def test_no_spelling_of_a_host_reaches_the_canary_by(
    app: App, canary: Canary, outside: Canary, caller: Caller, past_checks: bool
) -> None:
    lead(app, [LOOPBACK], reachable=outside.port)
    addresses = [*spelled(caller, canary.port), f"{caller.schemes[0]}://allowed.example:{outside.port}/"]
    await caller.call(app, addresses, past_checks=past_checks)
    assert outside.connections, "it called nobody, so nothing was tried"
    assert await canary.is_alone()


@pytest.mark.parametrize("caller", CALLERS, ids=named)
async def test_no_public_name_that_leads_inside_reaches_the_canary_by(
    app: App, canary: Canary, outside: Canary, caller: Caller
) -> None:
    left = list(INSIDE)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return [LOOPBACK] if host == "allowed.example" else left.pop()

    lead(app, resolve, reachable=outside.port)
    names = [f"{caller.schemes[0]}://name-{number}.example:{canary.port}/" for number in range(len(INSIDE))]
    await caller.call(app, [*names, f"{caller.schemes[0]}://allowed.example:{outside.port}/"], past_checks=False)
    assert outside.connections
    assert left == [], "a name was never looked up"
    assert await canary.is_alone()


@asynccontextmanager
async def trusted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes | Callable[[bytes], bytes]
) -> AsyncIterator[tuple[str, list[bytes], int]]:
    """A server outside whose certificate is good: its origin, what it was asked, its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(httpx2, "create_ssl_context", lambda **_: trusting)
    async with serving(answer, tls=context) as server:
        yield f"https://pinned.example:{server.port}", server.requests, server.port


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("caller", OVER_HTTP, ids=named)
async def test_no_redirect_reaches_the_canary_by(
    app: App, canary: Canary, caller: Caller, status: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = (redirect(f"{scheme}://127.0.0.1:{canary.port}/", status) for scheme in ("https", "http"))
    async with trusted(certificate, monkeypatch, lambda _: next(answers)) as (origin, asked, port):
        lead(app, [LOOPBACK], reachable=port)
        await caller.call(app, [f"{origin}/a/", f"{origin}/b/"], past_checks=False)
        assert len(asked) == 2
    assert await canary.is_alone()


@pytest.mark.parametrize("inside", ["token_endpoint", "jwks_uri"])
async def test_what_the_consoles_provider_says_of_itself_leads_nowhere_inside(
    app: App, canary: Canary, inside: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: dict[str, str] = {}

    def answer(head: bytes) -> bytes:
        body = msgspec.json.encode(said if b"/.well-known/" in head else {"id_token": "a.b.c"})
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    await console(app)
    async with trusted(certificate, monkeypatch, answer) as (origin, asked, port):
        lead(app, [LOOPBACK], reachable=port)
        await issue(app, origin)
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        said |= {"issuer": origin, **dict.fromkeys(names, f"{origin}/x"), inside: f"https://127.0.0.1:{canary.port}/"}
        tenant = await app.kernel.tenants.get("system")
        assert tenant
        client = await own_client(app.kernel, tenant)
        with pytest.raises(Exception, match="not public"):
            await client.identity(Attempt.begun("/console", b""), {"code": "a code"})
        assert asked
    assert await canary.is_alone()


async def test_addresses_that_are_only_told_or_compared_are_never_called(app: App, canary: Canary) -> None:
    """``request_uri``, ``sector_identifier``, what an assertion brings along, and what a client says of itself."""
    app.kernel.dialer = Dialer(development=True)  # which would let anybody reach the canary
    address = f"http://127.0.0.1:{canary.port}/"
    https = address.replace("http:", "https:")
    client = await shop(app, secret="", redirect_uris=[https], post_logout_redirect_uris=[https], resources=[https])
    keys = {"keys": [KEY.as_dict(private=False)]}
    machine = await shop(
        app, "machine", secret="", token_endpoint_auth_method="private_key_jwt", jwks=keys, redirect_uris=[https],
        subject_type="pairwise", sector_identifier=address, grant_types=["client_credentials"], scopes=["a"],
    )  # fmt: skip
    browser = app.browser()
    for more in ({"request_uri": address}, {"request": address}, {"resource": https}, {"logo_uri": address}):
        await browser.get(client.address(**more), follow=False)
    await browser.get(f"/oauth/logout?post_logout_redirect_uri={quoted(https)}&client_id=shop", follow=False)
    for header in ({}, {"jku": address}, {"x5u": address}, {"jwk": {"kty": "EC", "x5u": address}}):
        form = asking(machine, "acme", **header)
        await machine.http.post(machine.at("/oauth/token"), data={**form, "request_uri": address})
    await app.settle()
    assert await canary.is_alone()


async def test_the_canary_is_heard_where_loopback_is_allowed(app: App, canary: Canary) -> None:
    app.kernel.dialer = Dialer(development=True)
    await CALLERS[1].call(app, [f"http://127.0.0.1:{canary.port}/"], past_checks=True)
    assert not await canary.is_alone()


def test_every_feature_that_asks_for_the_dialer_is_tried() -> None:
    """A new one fails here until it is added to ``callers``."""
    root = Path(__file__).parents[2]
    asking_for_it = {
        str(path.relative_to(root))
        for folder in ("core", "plugins", "web")
        for path in (root / folder).rglob("*.py")
        if ".dialer." in path.read_text("utf-8")
    }
    assert asking_for_it == {
        "plugins/xenia_admin/registration.py",
        "plugins/xenia_breached/ranges.py",
        "plugins/xenia_mail/server.py",
        "plugins/xenia_oidc/backchannel.py",
        "plugins/xenia_oidc/key_sets.py",
        "plugins/xenia_protection/captcha.py",
        "plugins/xenia_push/relay.py",
        "plugins/xenia_sms/channel.py",
    }
