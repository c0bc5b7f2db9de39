"""The console in the real application: administrators in the tenant ``system``, and two tenants to look after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import httpx2
import msgspec
import pytest
from litestar import get
from litestar.response import Response

import xenia_admin
import xenia_oidc
import xenia_password
import xenia_web
from xenia.api import (
    Application,
    Factor,
    IdentifierKind,
    Manifest,
    NewCredential,
    NewIdentifier,
    NewUser,
    Proof,
    Secret,
    SessionSettings,
    User,
    hookimpl,
    literal,
    public,
)
from xenia.context import Context, system_actor
from xenia.http.cookies import Kind, cookie_name
from xenia.plugin.manifest import plugin_of
from xenia.tenants.models import NewTenant
from xenia.testing.app import PUBLIC_URL, App, Browser, MakeApp

SECRET = "hunter2-and-a-half"
PLUGINS = ("oidc", "password", "web", "sample")


class SampleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings with a bound, a list and a secret."""

    length: int = 8
    words: tuple[str, ...] = ()
    key: Secret = Secret()

    def __post_init__(self) -> None:
        if self.length > 100:
            raise ValueError("too long")


def sample_module() -> ModuleType:
    """A plugin with settings and a page of its own."""

    @get("/sample", opt={"guard": public("A page of a test.")})
    async def page() -> Response[str]:
        return Response("here")

    @hookimpl
    def register_routes(host: Any) -> Sequence[Any]:
        return [page]

    module = ModuleType("xenia_sample")
    module.manifest = Manifest(  # type: ignore[attr-defined]
        name="sample", title=literal("Sample"), summary=literal("For tests."), settings=SampleSettings
    )
    module.register_routes = register_routes  # type: ignore[attr-defined]
    return module


class NearDialer:
    """Reaches the application itself, without a network."""

    def __init__(self, front: Any) -> None:
        self._front = front

    def http_client(self) -> httpx2.AsyncClient:
        """A client whose every request ends in the application."""
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self._front, client=("192.0.2.7", 4000)))


class World:
    """The application with the tenants ``system``, ``demo`` and ``other``."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.kernel = app.kernel

    def context(self, tenant: str = "demo") -> Context:
        """The system's frame in a tenant."""
        return Context(tenant=tenant, actor=system_actor("test"))

    async def user(self, email: str, *, tenant: str = "demo", roles: tuple[str, ...] = (), name: str = "") -> User:
        """A person."""
        identifier = NewIdentifier(kind=IdentifierKind.EMAIL, value=email, verified=True)
        new = NewUser(identifiers=(identifier,), roles=roles, attributes={"name": name} if name else {})
        return await self.kernel.users.create(self.context(tenant), new)

    async def signed_in(self, user: User) -> Browser:
        """A browser in which the person has a session of their tenant, and no more."""
        tenant = await self.kernel.tenants.get(user.tenant)
        assert tenant
        proof = Proof(
            method="password",
            factors=frozenset({Factor.KNOWLEDGE}),
            amr=("pwd",),
            at=datetime.now(UTC).replace(microsecond=0),
        )
        _, secret = await self.kernel.sessions.begin(
            self.context(user.tenant),
            user.id,
            proofs=(proof,),
            acr="aal1",
            amr=("pwd",),
            lifetime=SessionSettings(),
            shape={},
        )
        browser = self.app.browser(user.tenant)
        browser.client.cookies.set(cookie_name(Kind.SESSION, tenant), secret, domain="localhost.local")
        return browser

    async def administrator(self, *roles: str, email: str = "chief@xenia.example") -> Browser:
        """A browser in which an administrator is in the console."""
        browser = await self.signed_in(await self.user(email, tenant="system", roles=roles or ("admin",)))
        page = await browser.get("/console")
        assert page.status_code == 200, page.text
        return browser

    async def credential(self, user: User, plugin: str = "sample") -> None:
        """A way to sign in."""
        new = NewCredential(plugin=plugin, kind="code", data=SECRET.encode(), label="Phone")
        await self.kernel.credentials.add(self.context(user.tenant), user.id, new)

    async def application(self, id_: str = "shop", tenant: str = "demo", **oidc: Any) -> Application:
        """An application."""
        part = {"redirect_uris": ["https://shop.example/callback"], **oidc}
        one = Application(tenant=tenant, id=id_, title="The Shop", protocols={"oidc": part})
        return await self.kernel.applications.put(self.context(tenant), one)


MakeWorld = Callable[[], Awaitable[World]]


@pytest.fixture
async def world(make_app: MakeApp) -> World:
    """The application with the console."""
    return await make_world(make_app)


async def make_world(make_app: MakeApp, **settings: Any) -> World:
    """The application with the console, under these settings of the process."""
    modules = (xenia_admin, xenia_oidc, xenia_password, xenia_web, sample_module())
    app = await make_app(plugins=[plugin_of(module) for module in modules], **settings)
    app.kernel.dialer = NearDialer(app.front)  # type: ignore[assignment]  # as much of it as the console asks for
    made = World(app)
    system = NewTenant(
        id="system",
        title="Xenia",
        plugins=frozenset({"admin", *PLUGINS}),
        roles={
            "support": ("xenia:users:read", "xenia:sessions:read", "xenia:sessions:write"),
            "clerk": ("xenia:users:read", "xenia:users:write"),
        },
    )
    demo = NewTenant(
        id="demo",
        title="Demo Stores",
        plugins=frozenset(PLUGINS),
        roles={"buyer": (), "boss": ("xenia:plugins:write",)},
    )
    other = NewTenant(id="other", title="Other Stores", plugins=frozenset(PLUGINS))
    for new in (system, demo, other):
        await app.kernel.tenants.create(made.context("system"), new)
    return made


@pytest.fixture
async def chief(world: World) -> Browser:
    """The console, open for an administrator of everything."""
    return await world.administrator()


__all__ = ["PUBLIC_URL", "SECRET", "NearDialer", "World", "make_world"]
