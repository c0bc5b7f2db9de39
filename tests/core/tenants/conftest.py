"""Tenants and settings on a real database, with events and seals that can be looked at."""

from __future__ import annotations

import pytest

from xenia.cache import ConfigCache
from xenia.context import Context, system_actor
from xenia.db import Database
from xenia.messages import literal
from xenia.plugin.manifest import Manifest
from xenia.tenants.models import NewTenant, Tenant
from xenia.tenants.service import TenantService
from xenia.testing.fakes import PlainSealing, RecordingEvents

MANIFESTS = (
    Manifest(name="web", title=literal("Pages"), summary=literal(""), always_on=True),
    Manifest(name="password", title=literal("Passwords"), summary=literal("")),
    Manifest(name="reset", title=literal("Reset"), summary=literal(""), requires=("password",)),
    Manifest(name="lone", title=literal("Lone"), summary=literal("")),
    Manifest(name="nothing", title=literal("No passwords"), summary=literal(""), conflicts=("password",)),
)


@pytest.fixture
def manifests() -> tuple[Manifest, ...]:
    return MANIFESTS


@pytest.fixture
def events() -> RecordingEvents:
    return RecordingEvents()


@pytest.fixture
def sealing() -> PlainSealing:
    return PlainSealing()


@pytest.fixture
async def cache(database: Database) -> ConfigCache:
    made = ConfigCache(database, live=True)
    await made.poll()
    return made


@pytest.fixture
def tenants(database: Database, cache: ConfigCache, events: RecordingEvents) -> TenantService:
    return TenantService(database, cache, events, MANIFESTS)


@pytest.fixture
def context() -> Context:
    return Context(tenant="acme", actor=system_actor("test"))


@pytest.fixture
async def acme(tenants: TenantService, context: Context) -> Tenant:
    return await tenants.create(context, NewTenant(id="acme", title="Acme Stores", hosts=("login.acme.example",)))
