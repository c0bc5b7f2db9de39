"""Two serving processes on one database and one Valkey, a third (this one) that knows the same things, and races among them."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx2

from tests.plugins.oidc.support import CHALLENGE, VERIFIER, parameters_of
from xenia.app import Kernel
from xenia.applications.models import Application
from xenia.context import Context, system_actor
from xenia.credentials.models import NewCredential
from xenia.db import Database
from xenia.plugin.manifest import discover
from xenia.security.sealing import MasterKey
from xenia.sessions.models import Factor, Proof, Session
from xenia.settings import Secret, Settings
from xenia.tenants.models import NewTenant, SessionSettings, SignInSettings
from xenia.users.models import IdentifierKind, NewIdentifier, NewUser, User
from xenia_password.service import PasswordService

FULL = os.environ.get("XENIA_FULL") == "1"
PATIENCE = 120.0
RACERS = 50
BURST = 200
PASSWORD = "violet ladders hum quietly"
CALLBACK = "https://shop.example/callback"
TENANT, STRICT = "acme", "strict"
"""A tenant whose people may try often, and one with five attempts."""
ATTEMPTS = 5
COOKIE = f"xenia-session-{TENANT}"


def times(ordinary: int, full: int) -> int:
    """How often: a few times with every run of the tests, often with ``make faults``; ``XENIA_ROUNDS`` bounds the latter."""
    return min(full, int(os.environ.get("XENIA_ROUNDS", full))) if FULL else ordinary


class Serving:
    """One ``xenia serve``, to be killed and started again on the same port."""

    def __init__(self, port: int, folder: Path, settings: Mapping[str, str]) -> None:
        self.url = f"http://localhost:{port}"
        self._folder = folder
        self.settings = dict(settings)
        self._environment = {**_clean(), **settings, "XENIA_LISTEN": f"127.0.0.1:{port}"}
        self._process: subprocess.Popen[bytes] | None = None
        self.log = folder / f"{port}.log"

    async def start(self) -> None:
        """Start, and wait until it serves requests."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "xenia.cli", "serve"],
                env=self._environment,
                cwd=self._folder,
                stderr=log,
                stdout=log,
            )
        await until(self._ready, f"{self.url} serves")

    async def _ready(self) -> bool:
        assert self._process
        assert self._process.poll() is None, self.log.read_text()[-2000:]
        async with httpx2.AsyncClient(trust_env=False) as client:
            try:
                return (await client.get(f"{self.url}/health/ready")).status_code == 200
            except httpx2.TransportError:
                return False

    async def kill(self) -> None:
        """``kill -9``."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """End it in order."""
        await self._end(signal.SIGTERM)

    async def _end(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            await asyncio.to_thread(self._process.wait, PATIENCE)


class World:
    """The installation that the faults happen to."""

    def __init__(self, processes: Sequence[Serving], kernel: Kernel, clients: Sequence[httpx2.AsyncClient]) -> None:
        self.processes = processes
        self.kernel = kernel
        self.clients = clients
        self.context = Context(tenant=TENANT, actor=system_actor("test"))
        self._people = 0
        self._hashed: dict[str, NewCredential] = {}

    def at(self, place: int, path: str, tenant: str = TENANT) -> str:
        """An address at one of the processes."""
        return f"{self.processes[place % len(self.processes)].url}/t/{tenant}{path}"

    async def person(self, *, password: str = "", tenant: str = TENANT) -> User:
        """Somebody new. A password is hashed once for all who have it."""
        context = Context(tenant=tenant, actor=self.context.actor)
        self._people += 1
        address = NewIdentifier(
            kind=IdentifierKind.EMAIL, value=f"p{self._people}.{os.urandom(4).hex()}@example.org", verified=True
        )
        user = await self.kernel.users.create(context, NewUser(identifiers=(address,)))
        if password:
            if password not in self._hashed:
                self._hashed[password] = await PasswordService(self.kernel).made(password)
            await self.kernel.credentials.add(context, user.id, self._hashed[password])
        return user

    async def session(self, user: User) -> tuple[Session, dict[str, str]]:
        """A session and the headers of its browser."""
        proof = Proof(method="password", factors=frozenset({Factor.KNOWLEDGE}), amr=("pwd",), at=datetime.now(UTC))
        session, secret = await self.kernel.sessions.begin(
            self.context, user.id, proofs=(proof,), acr="aal1", amr=("pwd",), lifetime=SessionSettings(), shape={}
        )
        return session, {"cookie": f"{COOKIE}={secret}"}

    async def code(self, cookie: Mapping[str, str], *, scope: str = "openid", place: int = 0) -> str:
        """A fresh authorization code."""
        query = {
            "client_id": "shop", "redirect_uri": CALLBACK, "response_type": "code", "scope": scope, "state": "s",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        }  # fmt: skip
        answer = await self.clients[0].get(self.at(place, f"/oauth/authorize?{urlencode(query)}"), headers=dict(cookie))
        found = parameters_of(answer)
        assert "code" in found, (answer.status_code, found, answer.text[:500])
        return found["code"]

    async def redeem(self, code: str, *, place: int = 0, client: int = 0) -> httpx2.Response:
        """Redeem a code at one of the processes."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        return await self.token(form, place=place, client=client)

    async def token(
        self, form: Mapping[str, str], *, place: int = 0, client: int = 0, path: str = "token"
    ) -> httpx2.Response:
        """A call of the public application."""
        return await self.clients[client].post(self.at(place, f"/oauth/{path}"), data={"client_id": "shop", **form})

    async def race(
        self, send: Callable[[int], Awaitable[httpx2.Response]], racers: int = RACERS
    ) -> list[httpx2.Response]:
        """The answers to requests that a barrier releases together, half of them to each process."""
        barrier = asyncio.Barrier(racers)

        async def run(place: int) -> httpx2.Response:
            await barrier.wait()
            return await send(place)

        return list(await asyncio.gather(*(run(place) for place in range(racers))))


def tally(answers: Sequence[httpx2.Response]) -> dict[int, int]:
    """How often each status was answered."""
    statuses = [answer.status_code for answer in answers]
    return {status: statuses.count(status) for status in sorted(set(statuses))}


async def until(done: Callable[[], Awaitable[bool]], what: str, *, seconds: float = PATIENCE) -> None:
    """Ask again and again, for a bounded time."""
    try:
        async with asyncio.timeout(seconds):
            while not await done():  # noqa: ASYNC110  the condition is in another process
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"never came true: {what}") from None


@asynccontextmanager
async def world(folder: Path, database: str, valkey: str, ports: Sequence[int]) -> AsyncIterator[World]:
    """Everything running. The database's schema is there already."""
    settings = {
        "XENIA_DATA_DIR": str(folder), "XENIA_DATABASE_URL": database, "XENIA_VALKEY_URL": valkey,
        "XENIA_PUBLIC_URL": f"http://localhost:{ports[0]}", "XENIA_DEVELOPMENT": "true", "XENIA_LOG": "text:warning",
        "XENIA_TRUSTED_PROXIES": "127.0.0.0/8,::1/128",
    }  # fmt: skip
    migrated = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "xenia.cli", "migrate"], env={**_clean(), **settings}, cwd=folder,
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert migrated.returncode == 0, migrated.stderr
    async with AsyncExitStack() as stack:
        kernel = _kernel(folder, database, valkey, settings["XENIA_PUBLIC_URL"])
        await stack.enter_async_context(kernel.running())
        await _furnish(kernel)
        processes = [Serving(port, folder, settings) for port in ports]
        for process in processes:
            stack.push_async_callback(process.stop)
        await asyncio.gather(*(process.start() for process in processes))
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
        # No connection is used twice: on a busy machine the server may give an idle one up just when it is taken again.
        limits = httpx2.Limits(max_connections=BURST // len(processes), max_keepalive_connections=0)
        clients = [
            await stack.enter_async_context(
                httpx2.AsyncClient(
                    headers=headers,
                    limits=limits,
                    trust_env=False,
                    timeout=PATIENCE,
                    event_hooks={"request": [_as_a_stranger]},
                )
            )
            for _ in processes
        ]
        yield World(processes, kernel, clients)


async def _as_a_stranger(request: httpx2.Request) -> None:
    """From an address of its own: what is raced for is one account, and one source may not guess so often."""
    request.headers.setdefault("x-forwarded-for", f"198.18.{random.randrange(256)}.{random.randrange(256)}")


def _kernel(folder: Path, database: str, valkey: str, public_url: str) -> Kernel:
    settings = Settings(public_url=public_url, development=True, valkey_url=Secret(valkey))
    key = MasterKey.load(folder / "master.key")
    return Kernel(settings, discover(), Database(database), key, live=True)


async def _furnish(kernel: Kernel) -> None:
    """The two tenants, each with a public application."""
    await _tenant(kernel, TENANT, SignInSettings(attempts=1000))
    await _tenant(kernel, STRICT, SignInSettings(attempts=ATTEMPTS))


async def _tenant(kernel: Kernel, name: str, settings: SignInSettings) -> None:
    context = Context(tenant=name, actor=system_actor("test"))
    # Protection asks crowds of guessers for a puzzle before anything else counts; its own tests race it.
    names = frozenset(manifest.name for manifest in kernel.plugins) - {"protection"}
    await kernel.tenants.create(context, NewTenant(id=name, title=name.title(), plugins=names))
    await kernel.config.put(context, SignInSettings, settings)
    oidc = {
        "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none", "id_token_signed_response_alg": "ES256",
        "grant_types": ["authorization_code", "refresh_token"],
    }  # fmt: skip
    shop = Application(tenant=name, id="shop", title="Shop", first_party=True, protocols={"oidc": oidc})
    await kernel.applications.put(context, shop)


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("XENIA_")}


HOUR = timedelta(hours=1)
