"""Sessions: who they belong to, how long they last, and what ends with them."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from tests.core.tokens.world import ACME, OTHER, PASSWORD, TOTP, World, rolled_back
from xenia.errors import Conflict, NotSignedIn
from xenia.ids import new_id
from xenia.security.secrets import new_secret


async def test_a_session_is_found_by_its_secret_and_by_nothing_else(world: World) -> None:
    session, secret = await world.sign_in(await world.user())
    assert secret.startswith("xss_")
    assert await world.sessions.by_secret(ACME, secret) == session
    for wrong in ("", secret[:-1], secret + "0", new_secret("ss"), secret.swapcase(), str(session.id), "\0"):
        assert await world.sessions.by_secret(ACME, wrong) is None
    assert await world.sessions.by_secret(OTHER, secret) is None


async def test_the_database_holds_only_a_hash(world: World) -> None:
    _, secret = await world.sign_in(await world.user())
    row = await world.database.fetchrow("SELECT sessions::text AS text FROM sessions")
    assert row is not None
    assert secret not in row["text"]
    assert secret.removeprefix("xss_") not in row["text"]


async def test_a_session_remembers_where_and_how_it_began(world: World) -> None:
    session, _ = await world.sign_in(await world.user(), shape={"fields": {"branch": "north"}})
    assert (session.address, session.user_agent) == ("192.0.2.7", "Mozilla/5.0")
    assert (session.acr, session.amr, session.proofs) == ("aal1", ("pwd",), (PASSWORD,))
    assert session.fields == {"branch": "north"}
    (event,) = await world.recorded("session.started")
    assert event["object_id"] == str(session.id)


async def test_signing_in_again_keeps_the_session_and_changes_its_secret(world: World) -> None:
    user = await world.user()
    first, old = await world.sign_in(user)
    second, new = await world.sign_in(user, replaces=first.id, proof=TOTP)
    assert second.id == first.id
    assert second.proofs == (PASSWORD, TOTP)
    assert await world.sessions.by_secret(ACME, old) is None
    assert await world.sessions.by_secret(ACME, new) == second


async def test_a_repeated_proof_replaces_the_one_before(world: World) -> None:
    user = await world.user()
    first, _ = await world.sign_in(user)
    second, _ = await world.sign_in(user, replaces=first.id)
    assert second.proofs == (PASSWORD,)


async def test_another_person_in_the_same_browser_ends_the_session_before(world: World) -> None:
    first, old = await world.sign_in(await world.user())
    grant = await world.grant(first.user_id, session=first)
    second, _ = await world.sign_in(await world.user(), replaces=first.id)
    assert second.id != first.id
    assert second.proofs == (PASSWORD,)
    assert await world.sessions.by_secret(ACME, old) is None
    assert await world.grants.get(ACME, grant.id) is None


async def test_a_session_that_ended_is_not_revived_by_signing_in_again(world: World) -> None:
    user = await world.user()
    first, _ = await world.sign_in(user)
    await world.sessions.end(ACME, first.id, reason="signed out")
    second, _ = await world.sign_in(user, replaces=first.id)
    assert second.id != first.id


@pytest.mark.parametrize(
    "passes",
    [
        "last_seen_at = last_seen_at - interval '12 hours'",
        "expires_at = expires_at - interval '7 days'",
        "ended_at = now()",
    ],
)
async def test_a_session_ends_idle_or_old_or_by_hand(world: World, passes: str) -> None:
    session, secret = await world.sign_in(await world.user())
    await world.database.execute(f"UPDATE sessions SET {passes}")
    assert await world.sessions.by_secret(ACME, secret) is None
    assert await world.sessions.get(ACME, session.id) is None
    assert await world.sessions.of_user(ACME, session.user_id) == ()


async def test_a_shape_only_shortens(world: World) -> None:
    user = await world.user()
    short, _ = await world.sign_in(user, shape={"fields": {}, "absolute_seconds": 60, "idle_seconds": 30})
    long, _ = await world.sign_in(user, shape={"fields": {}, "absolute_seconds": 10**8, "idle_seconds": 10**8})
    assert (short.expires_at - short.created_at).total_seconds() == 60
    assert (long.expires_at - long.created_at).days == 7
    idle = await world.database.fetch("SELECT idle_seconds FROM sessions ORDER BY id")
    assert [row["idle_seconds"] for row in idle] == [30, 12 * 3600]


async def test_a_visit_is_noted_at_most_once_a_minute(world: World) -> None:
    session, secret = await world.sign_in(await world.user())
    await world.sessions.by_secret(ACME, secret)
    assert (seen := await world.sessions.get(ACME, session.id))
    assert seen.last_seen_at == session.last_seen_at
    await world.database.execute("UPDATE sessions SET last_seen_at = last_seen_at - interval '2 minutes'")
    await world.sessions.by_secret(ACME, secret)
    assert (later := await world.sessions.get(ACME, session.id))
    assert later.last_seen_at > session.last_seen_at


async def test_ending_a_session_ends_what_stands_on_it_and_spares_what_outlives_it(world: World) -> None:
    session, _ = await world.sign_in(await world.user())
    bound = await world.grant(session.user_id, session=session)
    below = await world.grant(session.user_id, session=None, parent=bound.id)
    offline = await world.grant(session.user_id, session=session, offline=True)
    assert await world.sessions.end(ACME, session.id, reason="signed out")
    assert await world.grants.get(ACME, bound.id) is None
    assert await world.grants.get(ACME, below.id) is None
    assert await world.grants.get(ACME, offline.id) == offline
    assert {grant.id for grant in await world.grants.of_session(ACME, session.id)} == {bound.id, offline.id}
    assert await world.revocations.is_ended(ACME, session=session.id)


async def test_exactly_one_caller_ends_a_session(world: World) -> None:
    session, _ = await world.sign_in(await world.user())
    ended = await asyncio.gather(*(world.sessions.end(ACME, session.id, reason="signed out") for _ in range(10)))
    assert sum(ended) == 1
    assert len(await world.recorded("session.ended")) == 1


async def test_nobody_ends_a_session_of_another_user_or_tenant(world: World) -> None:
    session, secret = await world.sign_in(await world.user())
    assert not await world.sessions.end(ACME, session.id, user_id=new_id(), reason="")
    assert not await world.sessions.end(OTHER, session.id, reason="")
    assert await world.sessions.by_secret(ACME, secret)
    assert await world.sessions.end(ACME, session.id, user_id=session.user_id, reason="")


async def test_all_sessions_but_one_end_together(world: World) -> None:
    user = await world.user()
    kept, _ = await world.sign_in(user)
    for _ in range(3):
        await world.sign_in(user)
    stranger, _ = await world.sign_in(await world.user())
    assert await world.sessions.end_all(ACME, user, keep=kept.id, reason="password changed") == 3
    assert [session.id for session in await world.sessions.of_user(ACME, user)] == [kept.id]
    assert await world.sessions.end_all(ACME, user, reason="") == 1
    assert await world.sessions.get(ACME, stranger.id)


async def test_a_disabled_user_is_signed_out_at_once_and_can_not_sign_in(world: World) -> None:
    session, secret = await world.sign_in(await world.user())
    offline = await world.grant(session.user_id, session=session, offline=True)
    await world.disable(session.user_id)
    assert await world.sessions.by_secret(ACME, secret) is None
    assert await world.grants.get(ACME, offline.id) is None
    with pytest.raises(NotSignedIn):
        await world.sign_in(session.user_id)
    with pytest.raises(NotSignedIn):
        await world.sign_in(session.user_id, replaces=session.id)


async def test_a_status_changed_by_hand_signs_out_too(world: World) -> None:
    session, secret = await world.sign_in(await world.user())
    await world.database.execute("UPDATE users SET status = 'disabled'")
    assert await world.sessions.by_secret(ACME, secret) is None
    with pytest.raises(NotSignedIn):
        await world.sign_in(session.user_id, replaces=session.id)


async def test_a_sign_in_that_races_with_disabling_never_survives_it(world: World) -> None:
    async def sign_in(user: UUID) -> None:
        try:
            session, _ = await world.sign_in(user)
            await world.grant(user, session=session, offline=True)
        except (NotSignedIn, Conflict):
            return

    for _ in range(5):
        user = await world.user()
        await asyncio.gather(*(sign_in(user) for _ in range(3)), world.disable(user), sign_in(user))
        await world.database.execute("UPDATE users SET status = 'active'")
        assert await world.sessions.of_user(ACME, user) == ()
        assert await world.grants.of_user(ACME, user) == ()


async def test_the_sweep_ends_what_is_over_with_its_grants(world: World) -> None:
    session, _ = await world.sign_in(await world.user())
    grant = await world.grant(session.user_id, session=session)
    fresh, _ = await world.sign_in(await world.user())
    await world.database.execute("UPDATE sessions SET expires_at = now() - interval '1 s' WHERE id = $1", session.id)
    assert await world.sessions.sweep() == 1
    assert await world.sessions.sweep() == 0
    assert await world.grants.get(ACME, grant.id) is None
    assert await world.sessions.get(ACME, fresh.id)


async def test_what_nobody_used_for_too_long_ends_with_its_grants(world: World) -> None:
    idle, _ = await world.sign_in(await world.user())
    grant = await world.grant(idle.user_id, session=idle)
    fresh, _ = await world.sign_in(await world.user())
    long_ago = "UPDATE sessions SET last_seen_at = now() - (idle_seconds + 1) * interval '1 second' WHERE id = $1"
    await world.database.execute(long_ago, idle.id)
    assert await world.sessions.sweep() == 0
    assert await world.sessions.sweep_idle() == 1
    assert await world.sessions.sweep_idle() == 0
    assert await world.grants.get(ACME, grant.id) is None
    assert await world.sessions.get(ACME, fresh.id)


async def test_a_change_that_is_rolled_back_ends_nothing(world: World) -> None:
    session, secret = await world.sign_in(await world.user())
    async with rolled_back(world.database):
        await world.sessions.end(ACME, session.id, reason="")
    assert await world.sessions.by_secret(ACME, secret)
    assert not await world.revocations.is_ended(ACME, session=session.id)


async def test_live_sessions_of_a_tenant_come_in_pages_newest_first(world: World) -> None:
    people = [await world.user() for _ in range(3)]
    begun = [(await world.sign_in(user))[0].id for user in people]
    await world.sessions.end(ACME, begun[0], reason="test")
    first = await world.sessions.recent(ACME, limit=1)
    assert [one.id for one in first] == [begun[2]]
    assert [one.id for one in await world.sessions.recent(ACME, after=first[0].id)] == [begun[1]]
    assert [one.id for one in await world.sessions.recent(ACME, among=frozenset({people[1]}))] == [begun[1]]
    assert await world.sessions.recent(ACME, among=frozenset()) == ()
    assert await world.sessions.recent(OTHER) == ()
