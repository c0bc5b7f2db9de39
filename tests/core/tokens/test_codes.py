"""Authorization codes: one redemption, by the right application, in time."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

from tests.core.tokens.world import ACME, OTHER, World, rolled_back
from xenia.security.secrets import new_secret
from xenia.tokens.models import CodeState

MINUTE = timedelta(seconds=60)


async def test_a_code_gives_its_grant_and_data_back(world: World) -> None:
    grant = await world.grant()
    code = await world.tokens.issue_code(ACME, grant, b"nonce", lifetime=MINUTE)
    assert code.startswith("xac_")
    redeemed = await world.tokens.redeem_code(ACME, code, "shop")
    assert (redeemed.state, redeemed.grant, redeemed.data) == (CodeState.REDEEMED, grant, b"nonce")


async def test_of_fifty_at_once_one_redeems_and_the_grant_ends_with_its_tokens(world: World) -> None:
    for _ in range(4):
        grant = await world.grant()
        code = await world.tokens.issue_code(ACME, grant, b"", lifetime=MINUTE)
        outcomes = await asyncio.gather(*(world.tokens.redeem_code(ACME, code, "shop") for _ in range(50)))
        assert Counter(one.state for one in outcomes) == {CodeState.REDEEMED: 1, CodeState.REUSED: 49}
        access = await world.tokens.issue_access(ACME, grant, scope=())
        assert await world.tokens.verify_access(ACME, access.value) is None
        assert await world.grants.get(ACME, grant.id) is None
    assert len(await world.recorded("token.reused")) == 4


async def test_a_second_use_kills_the_tokens_of_the_first(world: World) -> None:
    grant = await world.grant()
    code = await world.tokens.issue_code(ACME, grant, b"", lifetime=MINUTE)
    first = (await world.tokens.redeem_code(ACME, code, "shop")).grant
    assert first
    access = await world.tokens.issue_access(ACME, first, scope=())
    refresh = await world.tokens.issue_refresh(ACME, first, scope=())
    assert (await world.tokens.redeem_code(ACME, code, "shop")).state is CodeState.REUSED
    assert await world.tokens.verify_access(ACME, access.value) is None
    assert await world.tokens.introspect_refresh(ACME, refresh) is None


async def test_a_second_use_ends_the_grant_even_where_its_transaction_is_rolled_back(world: World) -> None:
    grant = await world.grant()
    code = await world.tokens.issue_code(ACME, grant, b"", lifetime=MINUTE)
    await world.tokens.redeem_code(ACME, code, "shop")
    async with rolled_back(world.database):
        await world.tokens.redeem_code(ACME, code, "shop")
    assert await world.grants.get(ACME, grant.id) is None


async def test_the_wrong_application_or_tenant_leaves_a_code_untouched(world: World) -> None:
    grant = await world.grant()
    code = await world.tokens.issue_code(ACME, grant, b"", lifetime=MINUTE)
    assert (await world.tokens.redeem_code(ACME, code, "blog")).state is CodeState.UNKNOWN
    assert (await world.tokens.redeem_code(OTHER, code, "shop")).state is CodeState.UNKNOWN
    assert (await world.tokens.redeem_code(ACME, code, "shop")).state is CodeState.REDEEMED
    assert (await world.tokens.redeem_code(ACME, code, "blog")).state is CodeState.UNKNOWN
    assert await world.grants.get(ACME, grant.id)


async def test_a_code_that_is_late_or_whose_grant_has_ended_is_unknown(world: World) -> None:
    grant = await world.grant()
    late = await world.tokens.issue_code(ACME, grant, b"", lifetime=timedelta(0))
    assert (await world.tokens.redeem_code(ACME, late, "shop")).state is CodeState.UNKNOWN
    code = await world.tokens.issue_code(ACME, grant, b"", lifetime=MINUTE)
    await world.grants.end(ACME, grant.id, reason="")
    assert (await world.tokens.redeem_code(ACME, code, "shop")).state is CodeState.UNKNOWN
    assert await world.recorded("token.reused") == []


async def test_what_is_no_code_of_ours_is_unknown(world: World) -> None:
    code = await world.tokens.issue_code(ACME, await world.grant(), b"", lifetime=MINUTE)
    for wrong in ("", "\0", code[:-1], code + "0", code.swapcase(), new_secret("ac"), new_secret("rt"), "x" * 100_000):
        assert (await world.tokens.redeem_code(ACME, wrong, "shop")).state is CodeState.UNKNOWN
