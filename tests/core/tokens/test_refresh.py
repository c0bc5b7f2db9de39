"""Refresh families: one successor for each token, whoever asks and however often."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from tests.core.tokens.world import ACME, OTHER, World, rolled_back
from xenia.security.secrets import new_secret
from xenia.tokens.models import RefreshState


async def pass_time(world: World, by: str) -> None:
    """Move every refresh token into the past."""
    await world.database.execute(
        "UPDATE refresh_tokens SET issued_at = issued_at - $1::text::interval, used_at = used_at - $1::text::interval, "
        "expires_at = expires_at - $1::text::interval, idle_until = idle_until - $1::text::interval",
        by,
    )


async def test_each_use_gives_the_next_token_and_ends_the_one_before(world: World) -> None:
    grant = await world.grant()
    first = await world.tokens.issue_refresh(ACME, grant, scope=("openid", "email"))
    assert first.startswith("xrt_")
    second = await world.refresh(first)
    assert (second.state, second.grant, second.scope) == (RefreshState.ROTATED, grant, ("openid", "email"))
    assert await world.tokens.introspect_refresh(ACME, first) is None
    assert await world.tokens.introspect_refresh(ACME, second.successor)
    third = await world.refresh(second.successor)
    assert third.state is RefreshState.ROTATED
    assert third.successor not in (first, second.successor)


async def test_of_fifty_at_once_one_rotates_and_all_get_the_same_successor(world: World) -> None:
    for _ in range(4):
        token = await world.tokens.issue_refresh(ACME, await world.grant(), scope=("openid",))
        for _ in range(2):
            outcomes = await asyncio.gather(*(world.refresh(token) for _ in range(50)))
            assert Counter(one.state for one in outcomes) == {RefreshState.ROTATED: 1, RefreshState.REPEATED: 49}
            (token,) = {one.successor for one in outcomes}
    assert await world.database.fetchval("SELECT count(*) FROM refresh_tokens") == 4 * 3
    assert await world.database.fetchval("SELECT count(*) FROM refresh_tokens WHERE used_at IS NULL") == 4


async def test_a_lost_answer_may_be_asked_for_again_within_the_grace(world: World) -> None:
    token = await world.tokens.issue_refresh(ACME, await world.grant(), scope=("openid",))
    first = await world.refresh(token)
    await pass_time(world, "9 seconds")
    again = await world.refresh(token)
    assert (again.state, again.successor, again.scope) == (RefreshState.REPEATED, first.successor, ("openid",))


async def test_a_copy_that_turns_up_after_the_grace_ends_everything(world: World) -> None:
    grant = await world.grant()
    token = await world.tokens.issue_refresh(ACME, grant, scope=())
    successor = (await world.refresh(token)).successor
    access = await world.tokens.issue_access(ACME, grant, scope=())
    await pass_time(world, "11 seconds")
    assert (await world.refresh(token)).state is RefreshState.REUSED
    assert (await world.refresh(successor)).state is RefreshState.UNKNOWN
    assert await world.tokens.verify_access(ACME, access.value) is None
    (event,) = await world.recorded("token.reused")
    assert event["object_id"] == str(grant.id)


async def test_a_token_whose_successor_was_used_is_a_copy_even_within_the_grace(world: World) -> None:
    grant = await world.grant()
    token = await world.tokens.issue_refresh(ACME, grant, scope=())
    await world.refresh((await world.refresh(token)).successor)
    assert (await world.refresh(token)).state is RefreshState.REUSED
    assert await world.grants.get(ACME, grant.id) is None


async def test_reuse_ends_the_grant_even_where_its_transaction_is_rolled_back(world: World) -> None:
    grant = await world.grant()
    token = await world.tokens.issue_refresh(ACME, grant, scope=())
    await world.refresh(token)
    await pass_time(world, "1 minute")
    async with rolled_back(world.database):
        await world.refresh(token)
    assert await world.grants.get(ACME, grant.id) is None


async def test_the_end_of_a_family_never_moves(world: World) -> None:
    token = await world.tokens.issue_refresh(ACME, await world.grant(), scope=())
    for _ in range(2):
        await pass_time(world, "13 days")
        token = (await world.refresh(token)).successor
    assert (info := await world.tokens.introspect_refresh(ACME, token))
    assert info.expires_at - info.issued_at == pytest.approx(timedelta(days=4), abs=timedelta(minutes=1))
    await pass_time(world, "5 days")
    assert (await world.refresh(token)).state is RefreshState.UNKNOWN


async def test_a_family_nobody_uses_goes_to_sleep(world: World) -> None:
    token = await world.tokens.issue_refresh(ACME, await world.grant(), scope=())
    await pass_time(world, "15 days")
    assert await world.tokens.introspect_refresh(ACME, token) is None
    assert (await world.refresh(token)).state is RefreshState.UNKNOWN


async def test_a_family_ends_with_its_grant(world: World) -> None:
    grant = await world.grant(lifetime=timedelta(days=3))
    token = await world.tokens.issue_refresh(ACME, grant, scope=())
    assert (info := await world.tokens.introspect_refresh(ACME, token))
    assert info.expires_at == grant.ends_at
    await world.grants.end(ACME, grant.id, reason="")
    assert (await world.refresh(token)).state is RefreshState.UNKNOWN
    assert await world.tokens.introspect_refresh(ACME, token) is None


async def test_a_client_that_is_bound_by_other_means_keeps_its_token(world: World) -> None:
    token = await world.tokens.issue_refresh(ACME, await world.grant(), scope=("openid",))
    await pass_time(world, "13 days")
    for _ in range(3):
        used = await world.tokens.rotate_refresh(ACME, token, "shop", rotate=False)
        assert (used.state, used.successor, used.scope) == (RefreshState.ROTATED, token, ("openid",))
    await pass_time(world, "13 days")
    assert (await world.tokens.rotate_refresh(ACME, token, "shop", rotate=False)).state is RefreshState.ROTATED


async def test_the_wrong_application_or_tenant_changes_nothing(world: World) -> None:
    token = await world.tokens.issue_refresh(ACME, await world.grant(), scope=())
    assert (await world.refresh(token, "blog")).state is RefreshState.UNKNOWN
    assert (await world.tokens.rotate_refresh(OTHER, token, "shop")).state is RefreshState.UNKNOWN
    successor = await world.refresh(token)
    assert successor.state is RefreshState.ROTATED
    await pass_time(world, "1 minute")
    assert (await world.refresh(token, "blog")).state is RefreshState.UNKNOWN
    assert (await world.refresh(successor.successor)).state is RefreshState.ROTATED


async def test_what_is_no_refresh_token_of_ours_is_unknown(world: World) -> None:
    token = await world.tokens.issue_refresh(ACME, await world.grant(), scope=())
    for wrong in (
        "",
        "\0",
        token[:-1],
        token + "0",
        token.swapcase(),
        new_secret("rt"),
        new_secret("ac"),
        "x" * 99_999,
    ):
        assert (await world.refresh(wrong)).state is RefreshState.UNKNOWN
        assert await world.tokens.introspect_refresh(ACME, wrong) is None


async def test_the_database_alone_yields_no_token(world: World) -> None:
    token = await world.tokens.issue_refresh(ACME, await world.grant(), scope=())
    successor = (await world.refresh(token)).successor
    rows = await world.database.fetch("SELECT refresh_tokens::text AS text, successor FROM refresh_tokens")
    for secret in (token, successor):
        assert not any(secret in row["text"] or secret.encode() in (row["successor"] or b"") for row in rows)


async def test_revoking_a_refresh_token_ends_its_grant(world: World) -> None:
    grant = await world.grant()
    token = await world.tokens.issue_refresh(ACME, grant, scope=())
    access = await world.tokens.issue_access(ACME, grant, scope=())
    assert not await world.tokens.revoke(ACME, token, "blog")
    assert not await world.tokens.revoke(OTHER, token, "shop")
    assert await world.tokens.revoke(ACME, token, "shop")
    assert not await world.tokens.revoke(ACME, token, "shop")
    assert (await world.refresh(token)).state is RefreshState.UNKNOWN
    assert await world.tokens.verify_access(ACME, access.value) is None


async def test_the_sweep_removes_families_that_ended_long_ago(world: World) -> None:
    await world.tokens.issue_refresh(ACME, await world.grant(), scope=())
    await pass_time(world, "32 days")
    kept = await world.tokens.issue_refresh(ACME, await world.grant(), scope=())
    assert await world.tokens.sweep() == 1
    assert (await world.refresh(kept)).state is RefreshState.ROTATED
