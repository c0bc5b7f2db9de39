"""Requests for an approval: one at a time, seldom enough, answered once, and taken once by the journey that asked."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Any
from uuid import UUID

import msgspec

from xenia.api import Context, Host, Journey, account_key, browser_family, look_anew, new_id, source_key
from xenia_push import tables
from xenia_push.devices import Device, about
from xenia_push.models import NUMBERS, About, Answer, Decision, Outcome, Request, Started
from xenia_push.settings import PushSettings

LIFETIME = timedelta(minutes=2)
WINDOW = timedelta(hours=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=4)
NONCE_OCTETS = 32
WAKE = "push.wake"
DENIED, REPORTED = "push.denied", "push.reported"


class Challenges:
    """The requests of all tenants. Nothing that is done before a proof depends on whether the account exists."""

    def __init__(self, host: Host) -> None:
        self._host = host

    # -- the journey

    async def start(self, context: Context, journey: Journey) -> Started:
        """Ask the person's devices, unless they are asked already or were asked too often."""
        settings = await self._host.config.get(context, PushSettings)
        lane = await self._host.hooks.counts_apart(context, journey)
        id_, number = new_id(), NUMBERS[0] + secrets.randbelow(NUMBERS[1] - NUMBERS[0] + 1)
        sealed = await self._sealed(context, id_)
        limits = (LIFETIME, WINDOW, settings.requests, FIRST_PAUSE, LONGEST_PAUSE)
        place = (context.tenant, self._account(context, account_key(journey)), lane)
        async with self._host.transaction():
            async with self._host.store(context) as store:
                await store.execute(tables.SWEEP, context.tenant)
                row = await store.fetchrow(
                    tables.START, *place, id_, journey.id, secrets.token_bytes(NONCE_OCTETS), number, sealed, *limits
                )
            if row is None or not row["begun"]:
                return Started(wait=max(1, ceil((row and row["wait"]) or 1)))
            if settings.relay_url:
                user = str(journey.user_id) if journey.user_id else ""
                await self._host.jobs.enqueue(context, WAKE, {"user": user, "challenge": str(id_)})
        return Started(challenge=str(id_), number=number)

    async def _sealed(self, context: Context, id_: UUID) -> bytes:
        application = await self._host.applications.get(context, context.application) if context.application else None
        tenant = await self._host.tenants.get(context.tenant)
        shown = About(
            application=application.title if application else tenant.title if tenant else context.tenant,
            network=source_key(context.source.address),
            browser=browser_family(context.source.user_agent).strip("/"),
            at=self._host.clock.now(),
        )
        return await self._host.sealing.seal(context, "push_about", str(id_), msgspec.json.encode(shown))

    async def take(self, context: Context, journey: Journey, challenge: UUID) -> UUID | None:
        """The credential that approved this journey's own request. The approval is used by this call; a device that was removed
        since then approved nothing.
        """
        async with self._host.store(context) as store:
            device: UUID | None = await store.fetchval(tables.TAKE, context.tenant, challenge, journey.id)
        if device is None or journey.user_id is None:
            return None
        look_anew()
        mine = await self._host.credentials.summaries(context, journey.user_id)
        return device if any(one.id == device for one in mine) else None

    async def is_open(self, context: Context, challenge: UUID) -> bool:
        """Whether an answer may still come. How it ended is told to nobody but the journey, when it takes what was approved."""
        async with self._host.store(context) as store:
            return bool(await store.fetchval(tables.IS_OPEN, context.tenant, challenge))

    # -- the device

    async def of_device(self, context: Context, device: Device) -> tuple[Request, ...]:
        """What its owner is asked now."""
        account = self._account(context, str(device.user_id))
        async with self._host.store(context) as store:
            rows = await store.fetch(tables.OF_ACCOUNT, context.tenant, account)
        return tuple([await self._request(context, row) for row in rows])

    async def _request(self, context: Context, row: Mapping[str, Any]) -> Request:
        shown = await self._host.sealing.open(context, "push_about", str(row["id"]), row["about"])
        return Request(
            id=row["id"],
            nonce=urlsafe_b64encode(row["nonce"]).decode().rstrip("="),
            about=msgspec.json.decode(shown, type=About),
            expires_in=max(0, int(row["expires_in"])),
        )

    async def answer(self, context: Context, device: Device, said: Answer) -> Outcome | None:
        """Decide a request, for exactly one caller; ``None`` where there is nothing to decide. A wrong number ends it, too."""
        wanted = Outcome.APPROVED if said.decision is Decision.APPROVE else Outcome.DENIED
        if wanted is Outcome.DENIED and said.report:
            wanted = Outcome.REPORTED
        key = (context.tenant, self._account(context, str(device.user_id)), said.challenge, _octets(said.nonce))
        async with self._host.transaction():
            async with self._host.store(context) as store:
                found = await store.fetchval(
                    tables.ANSWER, *key, device.credential.id, wanted.value, number_of(said.number)
                )
            outcome = Outcome(found) if found else None
            if outcome not in (None, Outcome.APPROVED):
                type_ = REPORTED if outcome is Outcome.REPORTED else DENIED
                await self._host.events.record(context, about(type_, device, reason=outcome.value))
        return outcome

    # -- the person

    async def forget(self, context: Context, user_id: UUID) -> None:
        """Erase what is kept of the person's requests."""
        async with self._host.store(context) as store:
            await store.execute(tables.FORGET, context.tenant, self._account(context, str(user_id)))

    def _account(self, context: Context, key: str) -> bytes:
        return self._host.keyed_digest("push.account", context.tenant, key)


def number_of(typed: str) -> int:
    """The number that was typed; -1 for anything else, which is never right."""
    digits = "".join(typed.split())
    return int(digits) if len(digits) == 2 and digits.isascii() and digits.isdecimal() else -1


def _octets(nonce: str) -> bytes:
    """The nonce's octets; none for what is no base64url, which fits no request."""
    try:
        return urlsafe_b64decode(nonce + "=" * (-len(nonce) % 4))
    except ValueError:
        return b""
