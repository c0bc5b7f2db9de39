"""The API in the real application, with a small plugin beside it that has settings, a secret and a protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any
from uuid import UUID

import httpx2
import msgspec
import pytest

import xenia_api
from xenia.api import (
    Application,
    IdentifierKind,
    Manifest,
    NewCredential,
    NewGrant,
    NewIdentifier,
    NewUser,
    Secret,
    SessionSettings,
    User,
    hookimpl,
    literal,
)
from xenia.context import Context
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import PUBLIC_URL, TENANT, App, MakeApp
from xenia_api.catalogue import PERMISSIONS

EVERY_SCOPE = tuple(permission.name for permission in PERMISSIONS)
SECRET = "hunter2-and-a-half"


class Connection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A connection with a secret of its own."""

    url: str = ""
    api_key: Secret = Secret()


class SampleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings of the sample."""

    length: int = 8
    password: Secret = Secret()
    connection: Connection = Connection()


class SampleProtocolSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An application's part."""

    url: str = ""
    client_secret: str = ""
    lines: tuple[str, ...] = ()
    scope: str = ""


class SampleProtocol:
    """A protocol that has settings and is never resumed."""

    name = "sample"
    settings = SampleProtocolSettings


def sample_module() -> ModuleType:
    """A plugin as a module."""

    @hookimpl
    def register_protocols(host: Any) -> Sequence[Any]:
        return [SampleProtocol()]

    module = ModuleType("xenia_sample")
    module.manifest = Manifest(  # type: ignore[attr-defined]
        name="sample", title=literal("Sample"), summary=literal("For tests."), settings=SampleSettings
    )
    module.register_protocols = register_protocols  # type: ignore[attr-defined]
    return module


def dependent_module() -> ModuleType:
    """A plugin that requires the sample."""
    module = ModuleType("xenia_dependent")
    module.manifest = Manifest(  # type: ignore[attr-defined]
        name="dependent", title=literal("Dependent"), summary=literal("For tests."), requires=("sample",)
    )
    return module


class Api:
    """Calls the API of a tenant as an application, or as a person."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.kernel = app.kernel
        front: Any = app.front
        self.client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=front, client=("192.0.2.1", 4000)), base_url=PUBLIC_URL
        )

    def context(self, tenant: str = TENANT) -> Context:
        """The system's frame in a tenant."""
        return msgspec.structs.replace(self.app.context, tenant=tenant)

    async def token(
        self,
        *scope: str,
        tenant: str = TENANT,
        person: UUID | None = None,
        application: str = "backoffice",
        audience: str | None = None,
    ) -> str:
        """An access token of these scopes, for the application itself or for a person."""
        context = self.context(tenant)
        if await self.kernel.applications.get(context, application) is None:
            await self.kernel.applications.put(context, Application(tenant=tenant, id=application, title="Back office"))
        if person is None:
            grant = await self.kernel.grants.of_client(context, application)
        else:
            new = NewGrant(application=application, user_id=person, subject=str(person), scope=scope)
            grant = await self.kernel.grants.open(context, new)
        meant = f"{PUBLIC_URL}/t/{tenant}" if audience is None else audience
        issued = await self.kernel.tokens.issue_access(context, grant, scope=scope, audience=(meant,))
        return issued.value

    async def call(
        self,
        method: str,
        path: str,
        token: str = "",
        *,
        tenant: str = TENANT,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx2.Response:
        """One request; ``path`` is below ``/api/v1``."""
        sent = {**({"authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        return await self.client.request(method, f"/t/{tenant}/api/v1{path}", headers=sent, **options)

    async def user(self, email: str = "ada@acme.example", *, tenant: str = TENANT, roles: tuple[str, ...] = ()) -> User:
        """A person with an e-mail address."""
        new = NewUser(identifiers=(NewIdentifier(kind=IdentifierKind.EMAIL, value=email, verified=True),), roles=roles)
        return await self.kernel.users.create(self.context(tenant), new)

    async def credential(self, user: User, *, tenant: str = TENANT, plugin: str = "sample") -> UUID:
        """A credential with secret data."""
        new = NewCredential(plugin=plugin, kind="code", data=SECRET.encode(), label="Phone")
        return await self.kernel.credentials.add(self.context(tenant), user.id, new)

    async def session(self, user: User, *, tenant: str = TENANT) -> UUID:
        """A signed-in browser."""
        began, _ = await self.kernel.sessions.begin(
            self.context(tenant), user.id, (), "aal1", ("pwd",), SessionSettings(), {}
        )
        return began.id


@pytest.fixture
async def api(make_app: MakeApp) -> Api:
    """The API with the sample plugins, in the tenants ``acme`` and ``other``."""
    modules = (xenia_api, sample_module(), dependent_module())
    app = await make_app(plugins=[plugin_of(module) for module in modules])
    await app.tenant(plugins=("api", "sample", "dependent"))
    await app.tenant("other", plugins=("api", "sample"))
    return Api(app)


@pytest.fixture
async def token(api: Api) -> str:
    """A token of an application that may everything the API offers."""
    return await api.token(*EVERY_SCOPE)
