"""Signing keys: made once, published before they sign, trusted after, refused when retired."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.jwk import KeySet

from tests.core.tokens.world import ACME, MASTER, OTHER, World, rolled_back
from xenia.db import Database
from xenia.errors import Conflict
from xenia.security.vault import Vault
from xenia.tokens.models import KeyState

CLAIMS = {"iss": "https://acme.example", "sub": "ada", "n": 1}
ALGORITHMS = ("ES256", "RS256", "PS256", "EdDSA")


async def published(world: World) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = json.loads(await world.keys.jwks(ACME))["keys"]
    return keys


async def test_a_key_can_be_published_before_it_signs(world: World) -> None:
    await world.keys.ensure(ACME, "ES256", "EdDSA")
    await world.keys.ensure(ACME, "ES256")
    first = await published(world)
    assert {key["alg"] for key in first} == {"ES256", "EdDSA"}
    await world.keys.sign(ACME, CLAIMS, typ="JWT", alg="ES256")
    assert await published(world) == first


@pytest.mark.parametrize("alg", ALGORITHMS)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_others_can_verify_what_we_sign_by_what_we_publish(world: World, alg: str) -> None:
    token = await world.keys.sign(ACME, CLAIMS, typ="JWT", alg=alg)
    keys = KeySet.import_key_set(json.loads(await world.keys.jwks(ACME)))
    found = jws.deserialize_compact(token, keys, algorithms=[alg])
    assert json.loads(found.payload) == CLAIMS
    assert found.headers() == {"alg": alg, "kid": found.headers()["kid"], "typ": "JWT"}
    assert await world.keys.verify(ACME, token, typ=("JWT",)) == CLAIMS


@pytest.mark.parametrize("alg", ALGORITHMS)
async def test_only_the_public_part_is_published_under_its_thumbprint(world: World, alg: str) -> None:
    await world.keys.sign(ACME, CLAIMS, typ="JWT", alg=alg)
    (jwk,) = await published(world)
    assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & jwk.keys()
    members = {name: value for name, value in jwk.items() if name not in ("kid", "alg", "use")}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    assert base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode() == jwk["kid"]
    assert (jwk["alg"], jwk["use"]) == (alg, "sig")


async def test_rsa_keys_are_of_3072_bits(world: World) -> None:
    await world.keys.sign(ACME, CLAIMS, typ="JWT", alg="RS256")
    (jwk,) = await published(world)
    assert len(base64.urlsafe_b64decode(jwk["n"] + "==")) * 8 == 3072


async def test_many_processes_at_once_make_one_key(world: World, database: Database) -> None:
    worlds = [world, *(World(database) for _ in range(5))]
    tokens = await asyncio.gather(*(one.keys.sign(ACME, CLAIMS, typ="JWT") for one in worlds))
    assert len(await world.keys.list(ACME)) == 1
    assert [await world.keys.verify(ACME, token, typ=("JWT",)) for token in tokens] == [CLAIMS] * 6
    assert len(await world.recorded("key.created")) == 1


async def test_a_key_made_in_a_transaction_outlives_its_rollback(world: World) -> None:
    async with rolled_back(world.database):
        token = await world.keys.sign(ACME, CLAIMS, typ="JWT")
    assert await world.keys.verify(ACME, token, typ=("JWT",)) == CLAIMS


async def test_the_private_key_is_sealed_and_opens_in_its_own_row_only(world: World, database: Database) -> None:
    await world.keys.sign(ACME, CLAIMS, typ="JWT")
    row = await database.fetchrow("SELECT kid, sealed FROM signing_keys")
    assert row
    vault = Vault(database, MASTER)
    assert (await vault.open(ACME, "signing-key", row["kid"], row["sealed"])).startswith(b"\x30")
    await database.execute("UPDATE signing_keys SET kid = 'moved'")
    with pytest.raises(Exception, match="does not open"):
        await World(database).keys.sign(ACME, CLAIMS, typ="JWT")


async def test_the_next_key_is_published_before_it_signs_and_the_last_one_after(world: World) -> None:
    before = await world.keys.sign(ACME, CLAIMS, typ="JWT")
    await world.keys.prepare(ACME, "sig", "ES256")
    first, upcoming = await world.keys.list(ACME)
    assert (first.state, upcoming.state) == (KeyState.ACTIVE, KeyState.NEXT)
    assert {key["kid"] for key in await published(world)} == {first.kid, upcoming.kid}
    active = await world.keys.rotate(ACME, "ES256")
    assert active.kid == upcoming.kid
    states = {key.kid: key.state for key in await world.keys.list(ACME)}
    assert (states[first.kid], states[upcoming.kid]) == (KeyState.PASSIVE, KeyState.ACTIVE)
    assert sorted(states.values()) == ["active", "next", "passive"]
    assert {key["kid"] for key in await published(world)} == set(states)
    assert await world.keys.verify(ACME, before, typ=("JWT",)) == CLAIMS


async def test_an_emergency_destroys_the_old_key_at_once(world: World) -> None:
    token = await world.keys.sign(ACME, CLAIMS, typ="JWT")
    (old,) = await world.keys.list(ACME)
    await world.keys.rotate(ACME, "ES256", emergency=True)
    assert await world.keys.verify(ACME, token, typ=("JWT",)) is None
    assert old.kid not in {key["kid"] for key in await published(world)}
    row = await world.database.fetchrow("SELECT state, sealed FROM signing_keys WHERE kid = $1", old.kid)
    assert row
    assert (row["state"], row["sealed"]) == ("retired", None)
    assert len(await world.recorded("key.rotated")) == 1


async def test_rotations_at_once_leave_one_key_of_each_state(world: World, database: Database) -> None:
    await world.keys.rotate(ACME, "ES256")
    await asyncio.gather(*(World(database).keys.rotate(ACME, "ES256") for _ in range(5)))
    states = [key.state for key in await world.keys.list(ACME)]
    assert states.count(KeyState.ACTIVE) == 1
    assert states.count(KeyState.NEXT) == 1
    assert await world.keys.sign(ACME, CLAIMS, typ="JWT")


async def test_another_process_follows_a_rotation_with_its_next_poll(world: World, database: Database) -> None:
    elsewhere = World(database, live=True)
    await elsewhere.cache.poll()
    token = await elsewhere.keys.sign(ACME, CLAIMS, typ="JWT")
    await world.keys.rotate(ACME, "ES256", emergency=True)
    await elsewhere.cache.poll()
    assert await elsewhere.keys.verify(ACME, token, typ=("JWT",)) is None
    fresh = await elsewhere.keys.sign(ACME, CLAIMS, typ="JWT")
    assert await world.keys.verify(ACME, fresh, typ=("JWT",)) == CLAIMS


async def test_keys_move_by_hand_along_their_life_only(world: World) -> None:
    await world.keys.rotate(ACME, "ES256")
    kids = {key.state: key.kid for key in await world.keys.list(ACME)}
    active, passive = kids[KeyState.ACTIVE], kids[KeyState.PASSIVE]
    assert await world.keys.set_state(ACME, passive, KeyState.ACTIVE)
    assert {key.kid: key.state for key in await world.keys.list(ACME)}[active] is KeyState.PASSIVE
    assert await world.keys.set_state(ACME, active, KeyState.RETIRED)
    for state in KeyState:
        assert not await world.keys.set_state(ACME, active, state)
    assert not await world.keys.set_state(OTHER, passive, KeyState.RETIRED)
    assert not await world.keys.set_state(ACME, "nobody", KeyState.RETIRED)


async def test_an_unknown_algorithm_is_refused(world: World) -> None:
    for alg in ("HS256", "none", "", "ES512"):
        with pytest.raises(Conflict):
            await world.keys.sign(ACME, CLAIMS, typ="JWT", alg=alg)


async def test_the_audit_has_keys_of_its_own_that_sign_no_token_and_are_not_published(world: World) -> None:
    kid, signature = await world.keys.sign_bytes(ACME, use="audit", data=b"root")
    public = await world.keys.public_keys(ACME, use="audit")
    Ed25519PublicKey.from_public_bytes(public[kid]).verify(signature, b"root")
    assert await published(world) == []
    token = await world.keys.sign(ACME, CLAIMS, typ="JWT", alg="EdDSA")
    assert kid not in token
    assert [jwk["kid"] for jwk in await published(world)] != [kid]
    with pytest.raises(ValueError, match="nothing else"):
        await world.keys.sign_bytes(ACME, use="sig", data=b"")


async def test_a_retired_audit_key_still_proves_what_it_signed(world: World) -> None:
    kid, signature = await world.keys.sign_bytes(ACME, use="audit", data=b"root")
    await world.keys.rotate(ACME, "EdDSA", use="audit", emergency=True)
    public = await world.keys.public_keys(ACME, use="audit")
    Ed25519PublicKey.from_public_bytes(public[kid]).verify(signature, b"root")
    assert (await world.keys.sign_bytes(ACME, use="audit", data=b"root"))[0] != kid


async def test_maintenance_publishes_rotates_and_destroys_in_time(world: World) -> None:
    async def states_after(days: int) -> list[str]:
        await world.database.execute(
            "UPDATE signing_keys SET created_at = created_at - $1::int * interval '1 day', "
            "changed_at = changed_at - $1::int * interval '1 day'",
            days,
        )
        await world.keys.maintain(ACME)
        return sorted(key.state for key in await world.keys.list(ACME))

    await world.keys.sign(ACME, CLAIMS, typ="JWT")
    assert await states_after(0) == ["active", "next"]
    assert await states_after(0) == ["active", "next"]
    assert await states_after(89) == ["active", "next"]
    assert await states_after(1) == ["active", "next", "passive"]
    assert await states_after(29) == ["active", "next", "passive"]
    assert await states_after(2) == ["active", "next", "retired"]
