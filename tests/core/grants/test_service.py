"""Grants and subjects: opened beneath what lives, ended with everything beneath."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.core.tokens.world import ACME, OTHER, World, rolled_back
from xenia.errors import Conflict
from xenia.grants.models import NewGrant
from xenia.ids import new_id


async def test_a_grant_says_what_it_was_opened_with(world: World) -> None:
    session, _ = await world.sign_in(await world.user())
    opened = await world.grant(
        session.user_id,
        session=session,
        acr="aal1",
        amr=("pwd",),
        auth_time=session.authenticated_at,
        resources=("https://api.example",),
        data={"nonce": "n"},
        lifetime=timedelta(hours=1),
    )
    assert await world.grants.get(ACME, opened.id) == opened
    assert (opened.session_id, opened.data, opened.amr) == (session.id, {"nonce": "n"}, ("pwd",))
    assert opened.ends_at == opened.created_at + timedelta(hours=1)
    (event,) = await world.recorded("grant.opened")
    assert event["object_id"] == str(opened.id)


async def test_another_tenant_sees_no_grant(world: World) -> None:
    grant = await world.grant()
    assert grant.user_id
    assert await world.grants.get(OTHER, grant.id) is None
    assert await world.grants.of_user(OTHER, grant.user_id) == ()
    assert not await world.grants.end(OTHER, grant.id, reason="")
    assert await world.grants.get(ACME, grant.id)


async def test_nothing_is_opened_beneath_what_has_ended(world: World) -> None:
    session, _ = await world.sign_in(await world.user())
    parent = await world.grant(session.user_id)
    await world.grants.end(ACME, parent.id, reason="")
    with pytest.raises(Conflict):
        await world.grant(session.user_id, parent=parent.id)
    await world.sessions.end(ACME, session.id, reason="")
    with pytest.raises(Conflict):
        await world.grant(session.user_id, session=session)
    await world.disable(session.user_id)
    with pytest.raises(Conflict):
        await world.grant(session.user_id)


async def test_nothing_is_opened_for_an_application_that_is_gone(world: World) -> None:
    with pytest.raises(Conflict):
        await world.grants.of_client(ACME, "gone")
    new = NewGrant(application="gone", user_id=await world.user(), subject="s", scope=("openid",))
    with pytest.raises(Conflict):
        await world.grants.open(ACME, new)


async def test_no_grant_is_opened_on_the_session_of_another_user(world: World) -> None:
    session, _ = await world.sign_in(await world.user())
    with pytest.raises(Conflict):
        await world.grant(await world.user(), session=session)


async def test_ending_a_grant_ends_the_whole_tree_below_once(world: World) -> None:
    root = await world.grant()
    child = await world.grant(root.user_id, parent=root.id)
    leaf = await world.grant(root.user_id, parent=child.id)
    beside = await world.grant(root.user_id)
    ended = await asyncio.gather(*(world.grants.end(ACME, root.id, reason="revoked") for _ in range(5)))
    assert sum(ended) == 1
    for grant in (root, child, leaf):
        assert await world.grants.get(ACME, grant.id) is None
        assert await world.revocations.is_ended(ACME, grant=grant.id)
    assert root.user_id
    assert [grant.id for grant in await world.grants.of_user(ACME, root.user_id)] == [beside.id]
    assert len(await world.recorded("grant.ended")) == 3


async def test_a_child_opened_while_its_tree_ends_never_survives(world: World) -> None:
    user = await world.user()

    async def grow(parent_id: object) -> None:
        try:
            await world.grant(user, parent=parent_id)
        except Conflict:
            return

    for _ in range(6):
        root = await world.grant(user)
        child = await world.grant(user, parent=root.id)
        await asyncio.gather(
            *(grow(child.id) for _ in range(4)), world.grants.end(ACME, root.id, reason=""), grow(root.id)
        )
        assert await world.grants.of_user(ACME, user) == ()


async def test_a_grant_opened_while_its_session_ends_never_survives(world: World) -> None:
    user = await world.user()
    for _ in range(6):
        session, _ = await world.sign_in(user)

        async def grow() -> None:
            try:
                await world.grant(user, session=session)  # noqa: B023  used within the round
            except Conflict:
                return

        await asyncio.gather(grow(), grow(), world.sessions.end(ACME, session.id, reason=""), grow())
        assert await world.grants.of_user(ACME, user) == ()


async def test_two_who_end_overlapping_trees_do_not_wait_in_a_circle(world: World) -> None:
    for _ in range(5):
        session, _ = await world.sign_in(await world.user())
        root = await world.grant(session.user_id, session=session)
        leaves = [await world.grant(session.user_id, session=session, parent=root.id) for _ in range(4)]
        ends = [world.grants.end(ACME, leaf.id, reason="") for leaf in reversed(leaves)]
        await asyncio.gather(*ends, world.grants.end(ACME, root.id, reason=""), world.disable(session.user_id))
        assert await world.grants.of_user(ACME, session.user_id) == ()


async def test_a_grant_ends_by_itself_when_its_time_is_over(world: World) -> None:
    grant = await world.grant(lifetime=timedelta(hours=1))
    await world.database.execute("UPDATE grants SET ends_at = now() - interval '1 s'")
    assert await world.grants.get(ACME, grant.id) is None


async def test_a_client_has_one_standing_grant_however_many_ask_first(world: World) -> None:
    grants = await asyncio.gather(*(world.grants.of_client(ACME, "shop") for _ in range(10)))
    assert len({grant.id for grant in grants}) == 1
    assert (grants[0].user_id, grants[0].subject) == (None, "")
    assert len(await world.recorded("grant.opened")) == 1
    assert await world.grants.end(ACME, grants[0].id, reason="revoked")
    assert (await world.grants.of_client(ACME, "shop")).id != grants[0].id


async def test_a_clients_grant_in_memory_is_given_up_when_another_process_ends_it(world: World) -> None:
    here = World(world.database, trusted=0.3)
    await here.revocations.poll()
    known = await here.grants.of_client(ACME, "shop")
    assert await world.grants.end(ACME, known.id, reason="revoked")
    await here.revocations.poll()
    assert (await here.grants.of_client(ACME, "shop")).id != known.id


async def test_a_clients_grant_in_memory_is_given_up_while_the_log_is_unsure(world: World) -> None:
    here = World(world.database, trusted=0.3)
    await here.revocations.poll()
    known = await here.grants.of_client(ACME, "shop")
    assert await world.grants.end(ACME, known.id, reason="revoked")
    here.clock.advance(timedelta(seconds=1))
    assert (await here.grants.of_client(ACME, "shop")).id != known.id


async def test_a_clients_grant_in_memory_is_not_that_of_another_tenant(world: World) -> None:
    known = await world.grants.of_client(ACME, "shop")
    assert (await world.grants.of_client(OTHER, "shop")).tenant == "other"
    assert (await world.grants.of_client(ACME, "shop")).id == known.id


async def test_a_subject_is_stable_random_and_apart_for_each_sector(world: World) -> None:
    user = await world.user()
    values = await asyncio.gather(*(world.subjects.of_user(ACME, user) for _ in range(10)))
    assert len(set(values)) == 1
    pairwise = await world.subjects.of_user(ACME, user, "https://blog.example")
    assert pairwise != values[0]
    assert str(user) not in (pairwise, values[0])
    assert await world.subjects.user_of(ACME, pairwise) == user
    assert await world.subjects.user_of(OTHER, pairwise) is None
    for wrong in ("", "nobody", "\0"):
        assert await world.subjects.user_of(ACME, wrong) is None


async def test_a_grant_that_is_rolled_back_was_never_opened(world: World) -> None:
    user = await world.user()
    async with rolled_back(world.database):
        await world.grants.open(ACME, NewGrant(application="shop", user_id=user))
    assert await world.grants.of_user(ACME, user) == ()
    assert await world.recorded("grant.opened") == []


async def test_ending_what_is_not_there_ends_nothing(world: World) -> None:
    assert not await world.grants.end(ACME, new_id(), reason="")
    assert await world.recorded("grant.ended") == []
