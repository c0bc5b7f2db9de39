"""Access tokens: what they say, whom they name, and when they stop being believed."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.core.tokens.world import ACME, OTHER, World
from xenia.db import Database
from xenia.errors import Conflict, Unavailable
from xenia.events.models import Beside, NewEvent
from xenia.tokens.models import TokenFormat
from xenia.tokens.service import TokenService
from xenia.tokens.times import TokenTimes

FORMATS = list(TokenFormat)


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=="))
    return claims


async def test_a_signed_token_says_what_rfc_9068_asks_for(world: World) -> None:
    session, _ = await world.sign_in(await world.user())
    grant = await world.grant(
        session.user_id, session=session, acr="aal1", amr=("pwd",), auth_time=session.authenticated_at
    )
    access = await world.tokens.issue_access(ACME, grant, scope=("openid", "email"), extra={"tier": "gold"})
    claims = claims_of(access.value)
    assert json.loads(base64.urlsafe_b64decode(access.value.split(".")[0] + "=="))["typ"] == "at+jwt"
    assert claims.pop("grant")
    issued = int(world.clock.now().timestamp())
    assert claims == {
        "iss": "https://acme.example",
        "aud": "https://acme.example",
        "sub": grant.subject,
        "client_id": "shop",
        "iat": issued,
        "exp": issued + 300,
        "jti": access.id,
        "scope": "openid email",
        "sid": str(session.id),
        "acr": "aal1",
        "amr": ["pwd"],
        "auth_time": int(session.authenticated_at.timestamp()),
        "tier": "gold",
    }
    assert access.lifetime == 300


@pytest.mark.parametrize("format_", FORMATS)
async def test_a_token_gives_back_what_it_was_issued_with(world: World, format_: TokenFormat) -> None:
    session, _ = await world.sign_in(await world.user())
    grant = await world.grant(session.user_id, session=session, acr="aal2", amr=("pwd", "otp"))
    access = await world.tokens.issue_access(
        ACME,
        grant,
        scope=("a", "b"),
        audience=("https://one.example", "https://two.example"),
        format=format_,
        extra={"cnf": {"jkt": "x"}},
    )
    assert (claims := await world.tokens.verify_access(ACME, access.value))
    assert (claims.id, claims.grant_id, claims.user_id) == (access.id, grant.id, session.user_id)
    assert (claims.application, claims.subject, claims.session_id) == ("shop", grant.subject, session.id)
    assert (claims.scope, claims.audience) == (("a", "b"), ("https://one.example", "https://two.example"))
    assert (claims.acr, claims.amr, claims.extra) == ("aal2", ("pwd", "otp"), {"cnf": {"jkt": "x"}})
    assert (claims.expires_at - claims.issued_at).total_seconds() == pytest.approx(300)


@pytest.mark.parametrize("format_", FORMATS)
async def test_an_application_that_acts_for_itself_is_its_own_subject(world: World, format_: TokenFormat) -> None:
    grant = await world.grants.of_client(ACME, "shop")
    access = await world.tokens.issue_access(ACME, grant, scope=(), format=format_)
    assert (claims := await world.tokens.verify_access(ACME, access.value))
    assert (claims.subject, claims.application, claims.user_id, claims.session_id) == ("shop", "shop", None, None)


async def test_an_application_learns_neither_the_users_identifier_nor_the_grants(world: World) -> None:
    grant = await world.grant()
    one, two = [(await world.tokens.issue_access(ACME, grant, scope=())).value for _ in range(2)]
    decoded = base64.urlsafe_b64decode(claims_of(one)["grant"])
    assert grant.user_id
    for id_ in (grant.id, grant.user_id):
        assert str(id_) not in str(claims_of(one))
        assert id_.bytes not in decoded
    assert claims_of(one)["grant"] != claims_of(two)["grant"]


@pytest.mark.parametrize("format_", FORMATS)
async def test_the_audit_row_is_written_before_the_token_is_given(world: World, format_: TokenFormat) -> None:
    grant = await world.grant()
    access = await world.tokens.issue_access(ACME, grant, scope=("openid",), format=format_)
    (event,) = await world.recorded("token.issued")
    assert (event["object_id"], event["person"]) == (access.id, grant.user_id)
    assert access.value not in str(dict(event))


async def test_without_its_audit_row_there_is_no_token(world: World, database: Database) -> None:
    async def fail(context: object, event: NewEvent, beside: Beside | None) -> None:
        raise Unavailable("the audit log is away")

    tokens = TokenService(
        database,
        keys=world.keys,
        grants=world.grants,
        tenants=world.tenants,
        events=world.events,
        revocations=world.revocations,
        sealing=world.vault,
        clock=world.clock,
        audit=fail,
    )
    with pytest.raises(Unavailable):
        await tokens.issue_access(ACME, await world.grant(), scope=())


async def test_an_opaque_token_of_a_grant_whose_application_was_removed_is_none(
    world: World, database: Database
) -> None:
    known = await world.grants.of_client(ACME, "shop")
    await database.execute("DELETE FROM applications WHERE tenant_id = 'acme' AND id = 'shop'")
    with pytest.raises(Conflict):
        await world.tokens.issue_access(ACME, known, scope=(), format=TokenFormat.OPAQUE)
    assert not await world.recorded("token.issued")


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "jti", "client_id", "scope", "grant", "sid", "act"])
async def test_extra_claims_do_not_replace_ours(world: World, name: str) -> None:
    for format_ in FORMATS:
        with pytest.raises(Unavailable):
            await world.tokens.issue_access(ACME, await world.grant(), scope=(), format=format_, extra={name: "x"})


async def test_a_signed_token_dies_with_its_time(world: World) -> None:
    access = await world.tokens.issue_access(ACME, await world.grant(), scope=(), lifetime=timedelta(seconds=60))
    world.clock.advance(timedelta(seconds=58))
    assert await world.tokens.verify_access(ACME, access.value)
    world.clock.advance(timedelta(seconds=2))
    assert await world.tokens.verify_access(ACME, access.value) is None


async def test_an_opaque_token_dies_with_its_time(world: World) -> None:
    access = await world.tokens.issue_access(ACME, await world.grant(), scope=(), format=TokenFormat.OPAQUE)
    await world.database.execute("UPDATE access_tokens SET expires_at = now()")
    assert await world.tokens.verify_access(ACME, access.value) is None


async def test_a_signed_token_never_outlives_the_memory_of_its_revocation(world: World) -> None:
    access = await world.tokens.issue_access(ACME, await world.grant(), scope=(), lifetime=timedelta(days=1))
    assert access.lifetime == 540
    with pytest.raises(ValueError, match="outlive"):
        TokenService(
            world.database,
            keys=world.keys,
            grants=world.grants,
            tenants=world.tenants,
            events=world.events,
            revocations=world.revocations,
            sealing=world.vault,
            clock=world.clock,
            audit=world.events.record,
            times=TokenTimes(access_longest=timedelta(minutes=10)),
        )


@pytest.mark.parametrize("format_", FORMATS)
async def test_another_tenant_does_not_accept_it(world: World, format_: TokenFormat) -> None:
    access = await world.tokens.issue_access(ACME, await world.grant(), scope=(), format=format_)
    assert await world.tokens.verify_access(OTHER, access.value) is None
    assert not await world.tokens.revoke(OTHER, access.value, "shop")
    assert await world.tokens.verify_access(ACME, access.value)


@pytest.mark.parametrize("format_", FORMATS)
async def test_a_token_is_revoked_alone_and_by_its_own_application_only(world: World, format_: TokenFormat) -> None:
    grant = await world.grant()
    one, two = [(await world.tokens.issue_access(ACME, grant, scope=(), format=format_)).value for _ in range(2)]
    assert not await world.tokens.revoke(ACME, one, "blog")
    assert await world.tokens.verify_access(ACME, one)
    assert await world.tokens.revoke(ACME, one, "shop")
    assert await world.tokens.verify_access(ACME, one) is None
    assert await world.tokens.verify_access(ACME, two)
    assert len(await world.recorded("token.revoked")) == 1


@pytest.mark.parametrize("format_", FORMATS)
async def test_a_token_dies_with_its_session_its_grant_and_its_user(world: World, format_: TokenFormat) -> None:
    session, _ = await world.sign_in(await world.user())
    bound = await world.grant(session.user_id, session=session)
    loose = await world.grant(session.user_id)
    offline = await world.grant(session.user_id, session=session, offline=True)
    of_bound, of_loose, of_offline = [
        (await world.tokens.issue_access(ACME, grant, scope=(), format=format_)).value
        for grant in (bound, loose, offline)
    ]
    await world.sessions.end(ACME, session.id, reason="signed out")
    assert await world.tokens.verify_access(ACME, of_bound) is None
    later = await world.tokens.issue_access(ACME, offline, scope=(), format=format_)
    for survivor in (of_loose, of_offline, later.value):
        assert await world.tokens.verify_access(ACME, survivor)
    await world.grants.end(ACME, loose.id, reason="revoked")
    assert await world.tokens.verify_access(ACME, of_loose) is None
    await world.disable(session.user_id)
    assert await world.tokens.verify_access(ACME, of_offline) is None


@pytest.fixture
async def elsewhere(world: World) -> AsyncIterator[World]:
    """Another process over the same database, with its tail running."""
    database = Database(world.database.address)
    await database.open()
    made = World(database, real_time=True, trusted=0.3)
    tail = asyncio.create_task(made.revocations.run())
    yield made
    tail.cancel()
    await asyncio.gather(tail, return_exceptions=True)
    await database.close()


@pytest.mark.parametrize("format_", FORMATS)
async def test_what_was_said_to_be_revoked_is_accepted_by_no_other_process(
    world: World, elsewhere: World, format_: TokenFormat
) -> None:
    revoking = World(world.database, real_time=True, trusted=0.3)
    accepted: list[str] = []

    async def pair() -> None:
        grant = await world.grant()
        token = (await world.tokens.issue_access(ACME, grant, scope=(), format=format_)).value
        assert await elsewhere.tokens.verify_access(ACME, token)
        await revoking.tokens.revoke(ACME, token, "shop")
        if await elsewhere.tokens.verify_access(ACME, token):
            accepted.append(token)

    for _ in range(3):
        await asyncio.gather(*(pair() for _ in range(20)))
    assert accepted == []


async def test_what_ended_with_its_session_is_accepted_by_no_other_process(world: World, elsewhere: World) -> None:
    ending = World(world.database, real_time=True, trusted=0.3)

    async def pair() -> bool:
        session, _ = await world.sign_in(await world.user())
        grant = await world.grant(session.user_id, session=session)
        token = (await world.tokens.issue_access(ACME, grant, scope=())).value
        assert await elsewhere.tokens.verify_access(ACME, token)
        await ending.sessions.end(ACME, session.id, reason="signed out")
        return await elsewhere.tokens.verify_access(ACME, token) is not None

    assert not any(await asyncio.gather(*(pair() for _ in range(30))))


async def test_a_disabled_users_tokens_are_accepted_by_no_other_process(world: World, elsewhere: World) -> None:
    disabling = World(world.database, real_time=True, trusted=0.3)

    async def pair() -> bool:
        grant = await world.grant()
        token = (await world.tokens.issue_access(ACME, grant, scope=())).value
        assert await elsewhere.tokens.verify_access(ACME, token)
        assert grant.user_id
        await disabling.disable(grant.user_id)
        return await elsewhere.tokens.verify_access(ACME, token) is not None

    assert not any(await asyncio.gather(*(pair() for _ in range(30))))
