"""The tenant document: every mistake at once, the same again changes nothing, and others' things are left alone."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

import msgspec
import pytest

from xenia.applications.models import Application
from xenia.applications.service import ApplicationService
from xenia.cache import ConfigCache
from xenia.context import Context
from xenia.credentials.models import NewCredential
from xenia.credentials.service import CredentialService
from xenia.db import Database, in_transaction
from xenia.errors import Conflict, Invalid
from xenia.grants.contracts import Grants
from xenia.messages import literal
from xenia.plugin.manifest import Manifest
from xenia.security.hashing import PasswordHasher
from xenia.settings import Secret
from xenia.tenants.document import Document, Reader, resolve
from xenia.tenants.export import Exporter
from xenia.tenants.models import SignInSettings, Tenant
from xenia.tenants.reconcile import Change, Reconciler
from xenia.tenants.service import TenantService
from xenia.tenants.settings import SettingsService
from xenia.testing.fakes import PlainSealing, RecordingEvents
from xenia.users.models import IdentifierKind, User
from xenia.users.service import UserService

DOCUMENT = """
[tenant]
id = "acme"
title = "Acme Stores"
hosts = ["login.acme.example"]
plugins = ["reset", "mail"]

[sign_in]
required_acr = "aal2"

[roles.support]
permissions = ["users:read"]

[attributes.points]
type = "number"

[plugins.mail]
sender = "shop"
password = { env = "MAIL_PASSWORD" }

[[applications]]
id = "shop"
title = "Acme Shop"
[applications.oidc]
client_secret = { env = "SHOP_SECRET" }
redirect_uris = ["https://shop.acme.example/callback"]

[[users]]
email = "Ada@acme.example"
email_verified = true
password = { env = "ADA_PASSWORD" }
name = "Ada"
roles = ["support"]
"""
ENVIRON = {"MAIL_PASSWORD": "hush", "SHOP_SECRET": "sixteen characters!", "ADA_PASSWORD": "violet ladders"}


class Mail(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    sender: str = "nobody"
    password: Secret = Secret()


class Oidc(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    redirect_uris: tuple[str, ...] = ()


MAIL = Manifest(name="mail", title=literal("Mail"), summary=literal(""), settings=Mail)


class House:
    """All the services that a document touches."""

    def __init__(self, database: Database, manifests: tuple[Manifest, ...], hasher: PasswordHasher) -> None:
        manifests = (*manifests, MAIL)
        self.events, cache, sealing = RecordingEvents(), ConfigCache(database), PlainSealing()
        self.tenants = TenantService(database, cache, self.events, manifests)
        self.settings = SettingsService(database, cache, sealing, self.events, {Mail: "mail"})
        self.applications = ApplicationService(
            database, cache, self.events, hasher, cast("Grants", None), lambda: {"oidc": Oidc}
        )
        self.users = UserService(database, self.events, self.tenants, _end_user)
        self.credentials = CredentialService(database, self.events, sealing)
        self.reader = Reader(manifests, lambda: {"oidc": Oidc})
        self.reconciler = Reconciler(
            database, self.tenants, self.settings, self.applications, self.users, self.credentials, self.seed
        )
        self.exporter = Exporter(self.tenants, self.settings, self.applications)

    async def seed(self, context: Context, user_id: UUID, kind: str, value: str) -> bool:
        assert not in_transaction()
        new = NewCredential(plugin="password", kind=kind, data=value.encode(), replaces=True)
        await self.credentials.add(context, user_id, new)
        return True

    def read(self, words: str = DOCUMENT) -> Document:
        return self.reader.read(resolve(tomllib.loads(words), ENVIRON))

    async def ada(self, context: Context) -> User:
        found = await self.users.find(context, IdentifierKind.EMAIL, "ada@acme.example")
        assert found is not None
        return found

    async def tenant(self) -> Tenant:
        found = await self.tenants.get("acme")
        assert found is not None
        return found


async def _end_user(context: Context, user_id: UUID, reason: str) -> None: ...


@pytest.fixture
def hasher() -> Iterator[PasswordHasher]:
    made = PasswordHasher(workers=1)
    yield made
    made.close()


@pytest.fixture
def house(database: Database, manifests: tuple[Manifest, ...], hasher: PasswordHasher) -> House:
    return House(database, manifests, hasher)


async def test_an_empty_installation_becomes_what_the_document_says(house: House, context: Context) -> None:
    done = await house.reconciler.apply(context, house.read())
    assert [(change.action, change.path) for change in done] == [
        ("create", "tenant"),
        ("change", "sign_in"),
        ("change", "plugins.mail"),
        ("create", "applications[0]"),
        ("change", "applications[0]"),
        ("create", "users[0]"),
    ]
    tenant, ada = await house.tenant(), await house.ada(context)
    assert tenant.title == "Acme Stores"
    assert tenant.plugins == {"mail", "password", "reset", "web"}
    assert tenant.roles == {"support": ("users:read",)}
    assert await house.settings.get(context, Mail) == Mail(sender="shop", password=Secret("hush"))
    assert (await house.settings.get(context, SignInSettings)).required_acr == "aal2"
    assert await house.applications.check_secret(context, "shop", ENVIRON["SHOP_SECRET"])
    assert (ada.name, ada.roles, ada.identifiers[0].verified_at is not None) == ("Ada", ("support",), True)
    assert [one.kind for one in await house.credentials.summaries(context, ada.id)] == ["password"]


async def test_a_plan_is_what_apply_would_do_and_does_nothing(house: House, context: Context) -> None:
    planned = await house.reconciler.plan(context, house.read())
    assert await house.tenants.get("acme") is None
    assert planned == await house.reconciler.apply(context, house.read())


async def test_applying_twice_changes_nothing(house: House, context: Context) -> None:
    await house.reconciler.apply(context, house.read())
    before = len(house.events.recorded)
    assert await house.reconciler.plan(context, house.read(), prune=True) == []
    assert await house.reconciler.apply(context, house.read(), prune=True) == []
    assert len(house.events.recorded) == before


async def test_a_file_wins_over_what_it_manages(house: House, context: Context) -> None:
    await house.reconciler.apply(context, house.read())
    await house.settings.put(context, Mail, Mail(sender="somebody"))
    await house.users.set_roles(context, (await house.ada(context)).id, ())
    await house.tenants.change(context, "acme", title="Something else")
    done = await house.reconciler.apply(context, house.read())
    assert done == [
        Change("change", "tenant", "title"),
        Change("change", "plugins.mail", "sender"),
        Change("change", "users[0]", "Ada@acme.example: roles"),
    ]


async def test_a_password_that_a_person_has_is_theirs(house: House, context: Context) -> None:
    await house.reconciler.apply(context, house.read())
    (before,) = await house.credentials.of_user(context, (await house.ada(context)).id, "password")
    await house.credentials.set_data(context, before.id, b"changed by ada")
    await house.reconciler.apply(context, house.read())
    (after,) = await house.credentials.of_user(context, (await house.ada(context)).id, "password")
    assert after.data == b"changed by ada"


async def test_what_others_manage_is_left_alone(house: House, context: Context) -> None:
    await house.reconciler.apply(context, house.read("[tenant]\nid = 'acme'"))
    theirs = Application(tenant="acme", id="shop", title="Theirs")
    other = Application(tenant="acme", id="other", title="Other")
    for one in (theirs, other):
        await house.applications.put(context, one)
    await house.tenants.change(context, "acme", roles={"editor": ("pages:write",)})
    done = await house.reconciler.apply(context, house.read(), prune=True)
    assert ("leave", "applications[0]") in [(change.action, change.path) for change in done]
    assert await house.applications.get(context, "shop") == theirs
    assert await house.applications.get(context, "other") == other
    assert not await house.applications.has_secret(context, "shop")
    assert (await house.tenant()).roles == {"editor": ("pages:write",), "support": ("users:read",)}


async def test_pruning_takes_away_what_a_file_made_and_no_longer_names(house: House, context: Context) -> None:
    await house.reconciler.apply(context, house.read())
    await house.tenants.change(context, "acme", roles={"support": ("users:read",), "editor": ()})
    less = house.read("[tenant]\nid = 'acme'")
    assert await house.reconciler.apply(context, less) == []
    assert await house.applications.get(context, "shop") is not None
    done = await house.reconciler.apply(context, less, prune=True)
    assert done == [
        Change("change", "tenant", "attributes, roles"),
        Change("remove", "plugins.mail", "settings"),
        Change("remove", "plugins.sign_in", "settings"),
        Change("remove", "applications", "shop"),
    ]
    tenant = await house.tenant()
    assert (tenant.roles, tenant.attributes) == ({"editor": ()}, {})
    assert await house.settings.get(context, Mail) == Mail()
    assert (await house.ada(context)).name == "Ada"


async def test_a_new_secret_takes_the_place_of_the_old_one(house: House, context: Context) -> None:
    await house.reconciler.apply(context, house.read())
    document = house.reader.read(resolve(tomllib.loads(DOCUMENT), ENVIRON | {"SHOP_SECRET": "another secret, longer"}))
    assert await house.reconciler.apply(context, document) == [
        Change("change", "applications[0]", "shop: client_secret")
    ]
    assert not await house.applications.check_secret(context, "shop", ENVIRON["SHOP_SECRET"])
    assert await house.applications.check_secret(context, "shop", "another secret, longer")


async def test_a_document_that_fails_half_way_leaves_nothing(house: House, context: Context) -> None:
    words = DOCUMENT.replace('id = "shop"', 'id = "not a name"')
    with pytest.raises(Invalid) as caught:
        await house.reconciler.apply(context, house.read(words))
    assert caught.value.fields.keys() == {"applications[0].id"}
    assert await house.tenants.get("acme") is None


async def test_a_host_of_another_tenant_is_a_conflict(house: House, context: Context, acme: Tenant) -> None:
    words = "[tenant]\nid = 'globex'\ntitle = 'Globex'\nhosts = ['login.acme.example']"
    with pytest.raises(Conflict):
        await house.reconciler.apply(Context(tenant="globex"), house.read(words))


def test_every_mistake_is_named_by_its_path(manifests: tuple[Manifest, ...]) -> None:
    data: dict[str, Any] = {
        "tenant": {"id": "acme", "hosts": "one", "colour": "red"},
        "sign_in": {"attempts": "many"},
        "sessions": 5,
        "roles": {"support": {"permissions": [1]}, "flat": 1},
        "plugins": {"mail": {"sender": 1, "port": 2}, "reset": {}, "unheard-of": {}},
        "applications": [
            {"title": "no id", "oidc": {"redirect_uris": [1], "client_secret": 5}},
            {"id": "a", "saml": {}, "colour": "red"},
            {"id": "a"},
        ],
        "users": [{"email": "nobody"}, {"email": "a@acme.example"}, {"email": "A@acme.example"}, {"roles": []}],
        "extra": {},
    }
    with pytest.raises(Invalid) as caught:
        Reader((*manifests, MAIL), lambda: {"oidc": Oidc}).read(data)
    assert caught.value.fields.keys() == {
        "tenant.hosts",
        "tenant.colour",
        "sign_in.attempts",
        "sessions",
        "roles.support.permissions[0]",
        "roles.flat",
        "plugins.mail.sender",
        "plugins.mail.port",
        "plugins.reset",
        "plugins.unheard-of",
        "applications[0].id",
        "applications[0].oidc.redirect_uris[0]",
        "applications[0].oidc.client_secret",
        "applications[1].saml",
        "applications[1].colour",
        "applications[2]",
        "users[0].email",
        "users[2]",
        "users[3].email",
        "extra",
    }


@pytest.mark.parametrize("data", [{}, {"tenant": []}, {"tenant": {"id": "a"}, "applications": {}, "users": [1]}])
def test_what_has_the_wrong_structure_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        Reader((), dict).read(data)


def test_every_variable_that_is_not_set_is_named_by_its_path() -> None:
    with pytest.raises(Invalid) as caught:
        resolve(tomllib.loads(DOCUMENT), {"MAIL_PASSWORD": "x"})
    assert caught.value.fields.keys() == {"applications[0].oidc.client_secret", "users[0].password"}


async def test_what_is_exported_is_the_document_without_secrets(house: House, context: Context) -> None:
    await house.reconciler.apply(context, house.read())
    words = await house.exporter.export(context, await house.tenant())
    assert not any(secret in words for secret in ENVIRON.values())
    exported = tomllib.loads(words)
    assert exported["plugins"]["mail"] == {"sender": "shop", "password": {"env": "ACME_MAIL_PASSWORD"}}
    assert exported["applications"][0]["oidc"]["client_secret"] == {"env": "ACME_SHOP_SECRET"}
    environ = {"ACME_MAIL_PASSWORD": "hush", "ACME_SHOP_SECRET": ENVIRON["SHOP_SECRET"]}
    again = house.reader.read(resolve(exported, environ))
    assert await house.reconciler.plan(context, again, prune=True) == []
