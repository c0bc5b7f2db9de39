"""What each path may ask of the database: the counts that the modules promise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.core.tokens.world import ACME, CountingDatabase, World
from xenia.grants.service import STANDING_SECONDS
from xenia.tokens.models import CodeState, RefreshState, TokenFormat


@pytest.fixture
async def counting(world: World) -> AsyncIterator[CountingDatabase]:
    database = CountingDatabase(world.database.address)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def warm(world: World, counting: CountingDatabase) -> World:
    """A process that has its configuration in memory and is sure of its tail."""
    made = World(counting, live=True, trusted=0.3)
    await made.cache.poll()
    await made.revocations.poll()
    await made.tokens.issue_access(ACME, await made.grant(), scope=())
    return made


async def test_a_signed_token_costs_its_audit_row_and_checking_it_nothing(
    warm: World, counting: CountingDatabase
) -> None:
    grant = await warm.grant()
    with counting.counted(1):
        access = await warm.tokens.issue_access(ACME, grant, scope=("openid",))
    with counting.counted(0):
        assert await warm.tokens.verify_access(ACME, access.value)
        assert await warm.keys.jwks(ACME)


async def test_an_unsure_tail_costs_one_query(warm: World, counting: CountingDatabase) -> None:
    access = await warm.tokens.issue_access(ACME, await warm.grant(), scope=())
    warm.clock.advance(timedelta(seconds=1))
    with counting.counted(1):
        assert await warm.tokens.verify_access(ACME, access.value)


async def test_an_opaque_token_costs_one_statement_with_its_audit_row_and_one_read(
    warm: World, counting: CountingDatabase
) -> None:
    grant = await warm.grant()
    with counting.counted(1):
        access = await warm.tokens.issue_access(ACME, grant, scope=(), format=TokenFormat.OPAQUE)
    with counting.counted(1):
        assert await warm.tokens.verify_access(ACME, access.value)


async def test_a_code_costs_one_statement_each_way(warm: World, counting: CountingDatabase) -> None:
    grant = await warm.grant()
    with counting.counted(1):
        code = await warm.tokens.issue_code(ACME, grant, b"", lifetime=timedelta(seconds=60))
    with counting.counted(1):
        assert (await warm.tokens.redeem_code(ACME, code, "shop")).state is CodeState.REDEEMED


async def test_a_refresh_costs_one_statement(warm: World, counting: CountingDatabase) -> None:
    grant = await warm.grant()
    with counting.counted(1):
        token = await warm.tokens.issue_refresh(ACME, grant, scope=())
    with counting.counted(1):
        assert (await warm.refresh(token)).state is RefreshState.ROTATED
    with counting.counted(3):
        assert (await warm.refresh(token)).state is RefreshState.REPEATED


async def test_what_can_be_no_secret_of_ours_costs_nothing(warm: World, counting: CountingDatabase) -> None:
    with counting.counted(0):
        await warm.sessions.by_secret(ACME, "xss_guess")
        await warm.refresh("xrt_guess")
        await warm.tokens.redeem_code(ACME, "xac_guess", "shop")
        await warm.tokens.verify_access(ACME, "a.b.c")


async def test_a_session_costs_one_statement_to_find_and_two_to_begin(warm: World, counting: CountingDatabase) -> None:
    user = await warm.user()
    await warm.sign_in(user)  # makes the person's key
    with counting.counted(2):
        session, secret = await warm.sign_in(user)
    with counting.counted(1):
        assert await warm.sessions.by_secret(ACME, secret)
    with counting.counted(3):
        await warm.sign_in(user, replaces=session.id)


async def test_a_grant_costs_three_statements_to_open_and_one_to_find(warm: World, counting: CountingDatabase) -> None:
    grant = await warm.grant()
    assert grant.user_id
    with counting.counted(1 + 3):  # the subject, then the grant
        await warm.grant(grant.user_id)
    with counting.counted(1):
        assert await warm.grants.get(ACME, grant.id)


async def test_a_clients_grant_costs_nothing_while_it_is_in_memory(warm: World, counting: CountingDatabase) -> None:
    await warm.grants.of_client(ACME, "shop")
    with counting.counted(0):
        await warm.grants.of_client(ACME, "shop")
    warm.clock.advance(timedelta(seconds=1))
    with counting.counted(1):  # the log is asked while its tail is unsure
        await warm.grants.of_client(ACME, "shop")
    warm.clock.advance(timedelta(seconds=STANDING_SECONDS))
    with counting.counted(1):
        await warm.grants.of_client(ACME, "shop")
