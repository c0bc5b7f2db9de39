"""Protection in the management API: attacks, what is blocked, and the accounts that wait for their owners."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from xenia.api import Answer, Call, Input, NotFound, Noun
from xenia_protection.blocks import Blocks
from xenia_protection.disowning import Disowning
from xenia_protection.networks import named
from xenia_protection.watch import Watch

protection = Noun("protection", "attacks and what is blocked")


class RunningAttack(Answer, frozen=True, kw_only=True):
    """An attack that runs: who noticed it, from which network (`""`: from many), and the numbers that it was noticed by."""

    id: UUID
    detector: str
    network: str
    reasons: dict[str, int]
    began_at: datetime
    last_at: datetime


class AttackList(Answer, frozen=True, kw_only=True):
    """The attacks that run, the newest first."""

    items: tuple[RunningAttack, ...]


class BlockedNetwork(Answer, frozen=True, kw_only=True):
    """A network from which nobody may guess, until when, and who noticed it."""

    network: str
    detector: str
    began_at: datetime
    until: datetime


class BlockList(Answer, frozen=True, kw_only=True):
    """What is blocked, the longest first."""

    items: tuple[BlockedNetwork, ...]


class NetworkQuery(Input, frozen=True, kw_only=True):
    """Which network, as it is listed."""

    network: Annotated[str, Meta(min_length=1, max_length=64)]


class WaitingAccount(Answer, frozen=True, kw_only=True):
    """An account whose owner said that it wasn't they, and since when it waits for them."""

    user_id: UUID
    since: datetime


class WaitingAccountList(Answer, frozen=True, kw_only=True):
    """The accounts that wait, the newest first."""

    items: tuple[WaitingAccount, ...]


@protection.get("/protection/attacks")
async def list_attacks(call: Call) -> AttackList:
    """List the attacks that run now."""
    await call.sees_all()
    return AttackList(items=tuple(map(RunningAttack.like, await Watch(call.host).running(call.context))))


@protection.get("/protection/blocks")
async def list_blocks(call: Call) -> BlockList:
    """List the networks from which nobody may guess now."""
    await call.sees_all()
    return BlockList(items=tuple(map(BlockedNetwork.like, await Blocks(call.host).all(call.context))))


@protection.delete("/protection/blocks")
async def unblock_network(call: Call, query: NetworkQuery) -> None:
    """Let guesses from a network through again."""
    network = named(query.network)
    if not network or not await Blocks(call.host).unblock(call.context, network):
        raise NotFound("it isn't blocked")


@protection.get("/protection/accounts")
async def list_waiting_accounts(call: Call) -> WaitingAccountList:
    """List the accounts that wait for their owners: those that the caller may see."""
    seen = await call.visible()
    found = await Disowning(call.host).waiting(call.context)
    mine = [(user_id, since) for user_id, since in found if seen.everything or user_id in seen.users]
    return WaitingAccountList(items=tuple(WaitingAccount(user_id=user_id, since=since) for user_id, since in mine))


@protection.post("/protection/accounts/{user_id}/settle", status=204)
async def settle_account(call: Call, user_id: UUID) -> None:
    """Open a waiting account again for what was known before: you found out whose it is."""
    disowning = Disowning(call.host)
    await call.changeable(user_id)
    if not await disowning.settle(call.context, user_id, "administrator"):
        raise NotFound("no such account waits")
    await disowning.trust(call.context, user_id)
