"""Applications: validated by their protocols, cached until they change, and cheap to authenticate."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import cast
from uuid import UUID

import msgspec
import pytest

from xenia.applications.models import Application
from xenia.applications.service import ApplicationService
from xenia.cache import ConfigCache
from xenia.context import Context, system_actor
from xenia.db import Database, in_transaction
from xenia.errors import Conflict, Invalid, NotFound
from xenia.grants.contracts import Grants
from xenia.ids import new_id
from xenia.security.hashing import PasswordHasher
from xenia.testing.fakes import RecordingEvents

CHOSEN = "correct horse battery"


class Oidc(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    redirect_uris: tuple[str, ...] = ()
    lifetime: int = 300


class CountingHasher(PasswordHasher):
    """Counts what it verifies."""

    verified = 0

    async def verify(self, text: str, encoded: str) -> bool:
        self.verified += 1
        return await super().verify(text, encoded)


class Ended(list[UUID]):
    """Grants that remember which of them were ended."""

    async def end(self, context: Context, grant_id: UUID, *, reason: str) -> bool:
        assert in_transaction()
        self.append(grant_id)
        return True


@pytest.fixture
def events() -> RecordingEvents:
    return RecordingEvents()


@pytest.fixture
def ended() -> Ended:
    return Ended()


@pytest.fixture
def hasher() -> Iterator[CountingHasher]:
    made = CountingHasher(workers=1)
    yield made
    made.close()


@pytest.fixture
async def applications(
    database: Database, events: RecordingEvents, hasher: CountingHasher, ended: Ended
) -> ApplicationService:
    for tenant in ("acme", "globex"):
        await database.execute("INSERT INTO tenants (id, title, issuer) VALUES ($1, $1, $1)", tenant)
    cache = ConfigCache(database, live=True)
    await cache.poll()
    return ApplicationService(database, cache, events, hasher, cast("Grants", ended), lambda: {"oidc": Oidc})


@pytest.fixture
def context() -> Context:
    return Context(tenant="acme", actor=system_actor("test"))


SHOP = Application(
    tenant="acme", id="shop", title="Shop", protocols={"oidc": {"redirect_uris": ["https://a.example/"]}}
)


async def test_what_was_put_is_got(applications: ApplicationService, context: Context) -> None:
    made = await applications.put(context, SHOP)
    assert made == SHOP
    assert await applications.get(context, "shop") == SHOP
    assert await applications.list(context) == (SHOP,)
    assert await applications.get(Context(tenant="globex"), "shop") is None


async def test_a_change_is_seen_at_once_and_counted(
    applications: ApplicationService, context: Context, events: RecordingEvents
) -> None:
    await applications.put(context, SHOP)
    await applications.get(context, "shop")
    changed = await applications.put(context, msgspec.structs.replace(SHOP, title="Acme Shop"))
    assert (changed.title, changed.version) == ("Acme Shop", 2)
    assert await applications.get(context, "shop") == changed
    assert await applications.put(context, msgspec.structs.replace(SHOP, title="Acme Shop")) == changed
    assert events.types == ["application.created", "application.changed"]


async def test_every_mistake_is_named_by_its_path(applications: ApplicationService, context: Context) -> None:
    wrong = Application(
        tenant="acme",
        id="a b",
        title=" ",
        home="javascript:alert(1)",
        required_acr="aal9",
        protocols={"oidc": {"redirect_uris": "x", "lifetime": "soon", "more": 1}, "saml": {}},
    )
    with pytest.raises(Invalid) as caught:
        await applications.put(context, wrong)
    assert caught.value.fields.keys() == {
        "id",
        "title",
        "home",
        "oidc.redirect_uris",
        "oidc.lifetime",
        "oidc.more",
        "saml",
        "required_acr",
    }


@pytest.mark.parametrize("id_", ["", "nobody", "a\0b", "\ud800", "x" * 200])
async def test_what_is_no_application_is_not_found(
    applications: ApplicationService, context: Context, id_: str
) -> None:
    assert await applications.get(context, id_) is None
    assert not await applications.check_secret(context, id_, "secret")
    assert not await applications.remove(context, id_)
    with pytest.raises(NotFound):
        await applications.add_secret(context, id_)


async def test_an_application_is_replaced_only_in_the_version_its_editor_saw(
    applications: ApplicationService, context: Context, database: Database
) -> None:
    with pytest.raises(Conflict):
        await applications.put(context, SHOP, expected=1)
    assert await database.fetchval("SELECT count(*) FROM applications") == 0
    await applications.put(context, SHOP, expected=0)
    with pytest.raises(Conflict):
        await applications.put(context, SHOP, expected=0)
    changed = msgspec.structs.replace(SHOP, title="Acme Shop")
    assert (await applications.put(context, changed, expected=1)).version == 2
    with pytest.raises(Conflict):
        await applications.put(context, SHOP, expected=1)


async def test_pages_follow_each_other_by_id(applications: ApplicationService, context: Context) -> None:
    for id_ in ("c", "a", "b"):
        await applications.put(context, msgspec.structs.replace(SHOP, id=id_))
    assert [one.id for one in await applications.list(context, limit=2)] == ["a", "b"]
    assert [one.id for one in await applications.list(context, after="b")] == ["c"]


async def test_removing_ends_its_grants(
    applications: ApplicationService, context: Context, ended: Ended, events: RecordingEvents, database: Database
) -> None:
    await applications.put(context, SHOP)
    grant = await database.fetchval(
        "INSERT INTO grants (tenant_id, id, application_id) VALUES ('acme', $1, 'shop') RETURNING id", new_id()
    )
    assert await applications.remove(context, "shop")
    assert not await applications.remove(context, "shop")
    assert await applications.get(context, "shop") is None
    assert ended == [grant]
    assert events.types == ["application.created", "application.removed"]


async def test_a_secret_that_we_made_is_checked_without_a_slow_hash(
    applications: ApplicationService, context: Context, hasher: CountingHasher, database: Database
) -> None:
    await applications.put(context, SHOP)
    secret = await applications.add_secret(context, "shop")
    assert secret.startswith("xcs_")
    assert await applications.check_secret(context, "shop", secret)
    assert not await applications.check_secret(context, "shop", secret[:-1])
    assert not await applications.check_secret(context, "shop", "\ud800" * 600)
    assert hasher.verified == 0
    assert secret not in str(await database.fetchval("SELECT hash FROM application_secrets"))


async def test_a_chosen_secret_costs_one_slow_hash_and_then_none(
    applications: ApplicationService, context: Context, hasher: CountingHasher
) -> None:
    await applications.put(context, SHOP)
    await applications.add_secret(context, "shop", CHOSEN)
    for _ in range(3):
        assert await applications.check_secret(context, "shop", CHOSEN)
    assert hasher.verified == 1
    assert not await applications.check_secret(context, "shop", CHOSEN + "!")


async def test_a_chosen_secret_that_was_removed_is_forgotten(
    applications: ApplicationService, context: Context
) -> None:
    await applications.put(context, SHOP)
    await applications.add_secret(context, "shop", CHOSEN)
    assert await applications.check_secret(context, "shop", CHOSEN)
    await applications.remove_secrets(context, "shop", keep_newest=False)
    assert not await applications.check_secret(context, "shop", CHOSEN)
    assert not await applications.has_secret(context, "shop")


@pytest.mark.parametrize("secret", ["too short", "x" * 513, "nobreaks\nnobreaks\n", "ünicode is not for clients"])
async def test_a_poor_secret_is_refused(applications: ApplicationService, context: Context, secret: str) -> None:
    await applications.put(context, SHOP)
    with pytest.raises(Invalid):
        await applications.add_secret(context, "shop", secret)


async def test_two_secrets_live_side_by_side_until_the_old_one_is_ended(
    applications: ApplicationService, context: Context, events: RecordingEvents
) -> None:
    await applications.put(context, SHOP)
    old, new = [await applications.add_secret(context, "shop") for _ in range(2)]
    assert await applications.check_secret(context, "shop", old)
    assert await applications.remove_secrets(context, "shop", keep_newest=True) == 1
    assert not await applications.check_secret(context, "shop", old)
    assert await applications.check_secret(context, "shop", new)
    assert events.types[1:] == ["application.secret_added"] * 2 + ["application.secret_removed"]


async def test_secrets_are_few_even_when_many_are_added_at_once(
    applications: ApplicationService, context: Context
) -> None:
    await applications.put(context, SHOP)
    results = await asyncio.gather(
        *(applications.add_secret(context, "shop") for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(result, Conflict) for result in results) == 3
