"""The vault on a real database: keys of tenants and of persons."""

from __future__ import annotations

import asyncio

import pytest

from tests.core.tokens.world import rolled_back
from xenia.context import Context
from xenia.db import Database
from xenia.ids import new_id
from xenia.security.sealing import MasterKey, SealError
from xenia.security.vault import Vault

MASTER = MasterKey(bytes(range(32)))
ACME, OTHER, NOBODY = Context(tenant="acme"), Context(tenant="other"), Context(tenant="")


@pytest.fixture
def vault(database: Database) -> Vault:
    return Vault(database, MASTER)


async def test_what_was_sealed_opens_in_its_place_in_every_process(vault: Vault, database: Database) -> None:
    sealed = await vault.seal(ACME, "seed", "row-1", b"secret")
    assert await vault.open(ACME, "seed", "row-1", sealed) == b"secret"
    assert await Vault(database, MASTER).open(ACME, "seed", "row-1", sealed) == b"secret"


async def test_it_opens_nowhere_else(vault: Vault) -> None:
    sealed = await vault.seal(ACME, "seed", "row-1", b"secret")
    for context, purpose, row in ((ACME, "seed", "row-2"), (ACME, "key", "row-1"), (OTHER, "seed", "row-1")):
        with pytest.raises(SealError):
            await vault.open(context, purpose, row, sealed)


async def test_another_master_key_opens_nothing(vault: Vault, database: Database) -> None:
    sealed = await vault.seal(ACME, "seed", "row-1", b"secret")
    with pytest.raises(SealError):
        await Vault(database, MasterKey(bytes(32))).open(ACME, "seed", "row-1", sealed)


async def test_a_changed_master_key_still_opens_while_the_old_one_is_named(vault: Vault, database: Database) -> None:
    sealed = await vault.seal(ACME, "seed", "row-1", b"secret")
    renewed = Vault(database, MasterKey(bytes(32)), retired=(MASTER,))
    assert await renewed.open(ACME, "seed", "row-1", sealed) == b"secret"


async def test_the_process_has_a_place_of_its_own(vault: Vault) -> None:
    assert await vault.open(NOBODY, "p", "r", await vault.seal(NOBODY, "p", "r", b"x")) == b"x"


async def test_many_processes_at_once_agree_on_one_key(database: Database) -> None:
    vaults = [Vault(database, MASTER) for _ in range(8)]
    sealed = await asyncio.gather(*(vault.seal(ACME, "seed", "r", b"x") for vault in vaults))
    assert await database.fetchval("SELECT count(*) FROM data_keys") == 1
    assert [await vaults[0].open(ACME, "seed", "r", one) for one in sealed] == [b"x"] * 8


async def test_a_key_made_in_a_transaction_outlives_its_rollback(vault: Vault, database: Database) -> None:
    async with rolled_back(database):
        sealed = await vault.seal(ACME, "seed", "r", b"x")
    assert await Vault(database, MASTER).open(ACME, "seed", "r", sealed) == b"x"


async def test_a_rotated_key_seals_anew_and_the_old_one_still_opens(vault: Vault, database: Database) -> None:
    elsewhere = Vault(database, MASTER)
    old = await elsewhere.seal(ACME, "seed", "r", b"old")
    assert await vault.rotate(ACME) == 2
    new = await vault.seal(ACME, "seed", "r", b"new")
    assert await vault.open(ACME, "seed", "r", old) == b"old"
    assert await elsewhere.open(ACME, "seed", "r", new) == b"new"


async def test_a_persons_part_opens_until_the_person_is_forgotten_in_every_process(
    vault: Vault, database: Database
) -> None:
    person, another, elsewhere = new_id(), new_id(), Vault(database, MASTER)
    sealed = await vault.person_seal(ACME, person, "event-1", b"address")
    kept = await vault.person_seal(ACME, another, "event-2", b"other")
    assert await elsewhere.person_open(ACME, person, "event-1", sealed) == b"address"
    await elsewhere.person_seal(ACME, person, "event-3", b"warm")
    assert await vault.person_forget(ACME, person)
    assert not await vault.person_forget(ACME, person)
    for one in (vault, elsewhere):
        items = [(person, "event-1", sealed), (another, "event-2", kept)]
        assert await one.person_open_many(ACME, items) == [None, b"other"]


async def test_a_forgotten_persons_old_parts_stay_shut_when_a_new_key_is_made(vault: Vault) -> None:
    person = new_id()
    sealed = await vault.person_seal(ACME, person, "event-1", b"address")
    await vault.person_forget(ACME, person)
    await vault.person_seal(ACME, person, "event-2", b"later")
    with pytest.raises(SealError):
        await vault.person_open(ACME, person, "event-1", sealed)


async def test_a_key_that_was_destroyed_elsewhere_is_not_used_any_more(vault: Vault, database: Database) -> None:
    person, elsewhere = new_id(), Vault(database, MASTER)
    await elsewhere.person_seal(ACME, person, "event-1", b"warm")
    await vault.person_forget(ACME, person)
    elsewhere.drop(ACME.tenant, str(person))
    sealed = await elsewhere.person_seal(ACME, person, "event-2", b"later")
    assert await vault.person_open(ACME, person, "event-2", sealed) == b"later"


async def test_a_process_that_may_have_missed_an_erasure_asks_for_the_key(vault: Vault, database: Database) -> None:
    person, elsewhere = new_id(), Vault(database, MASTER)
    await elsewhere.person_seal(ACME, person, "event-1", b"warm")
    await vault.person_forget(ACME, person)
    elsewhere.is_current = lambda: False
    sealed = await elsewhere.person_seal(ACME, person, "event-2", b"later")
    assert await vault.person_open(ACME, person, "event-2", sealed) == b"later"


async def test_a_persons_part_opens_in_its_own_row_and_tenant_only(vault: Vault) -> None:
    person = new_id()
    sealed = await vault.person_seal(ACME, person, "event-1", b"address")
    with pytest.raises(SealError):
        await vault.person_open(ACME, person, "event-2", sealed)
    assert await vault.person_open(OTHER, person, "event-1", sealed) is None


async def test_a_persons_key_that_was_rolled_back_is_not_used_again(vault: Vault, database: Database) -> None:
    person = new_id()
    async with rolled_back(database):
        await vault.person_seal(ACME, person, "event-1", b"gone")
    sealed = await vault.person_seal(ACME, person, "event-2", b"kept")
    assert await Vault(database, MASTER).person_open(ACME, person, "event-2", sealed) == b"kept"


async def test_many_who_seal_for_one_person_agree_on_one_key(database: Database) -> None:
    person, vaults = new_id(), [Vault(database, MASTER) for _ in range(6)]
    sealed = await asyncio.gather(*(vault.person_seal(ACME, person, "e", b"x") for vault in vaults))
    opened = await vaults[0].person_open_many(ACME, [(person, "e", one) for one in sealed])
    assert opened == [b"x"] * 6
