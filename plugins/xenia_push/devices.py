"""Devices: how one comes to a person, how it proves itself, and how it goes."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Self, TypeVar
from uuid import UUID

import msgspec

from xenia.api import Conflict, Context, Credential, Host, NewCredential, NewEvent, Object, UserStatus, new_id
from xenia_push import tables
from xenia_push.errors import NotOfNow, NotOpen, NotTheDevice, NotUnderstood
from xenia_push.messages import Message, read, thumbprint
from xenia_push.models import KIND, NUMBERS, PLUGIN, Change, Claims, NewKey, Pending, Registration, Stored

TOKEN = "push"  # noqa: S105  the name of a kind of secret
LIFETIME = timedelta(minutes=10)
SKEW = timedelta(minutes=5)
TRIES = 3
KEY_TYPE = "push-key+jwt"
KEY_CHANGED = "push.key_changed"

C = TypeVar("C", bound=Claims)


class Device(msgspec.Struct, frozen=True):
    """A device that proved itself, and whose it is."""

    credential: Credential
    stored: Stored

    @classmethod
    def of(cls, row: Credential) -> Self:
        """The device that a row holds."""
        return cls(row, msgspec.json.decode(row.data, type=Stored))

    @property
    def user_id(self) -> UUID:
        """Whose it is."""
        return self.credential.user_id


class Devices:
    """The devices of all tenants. A device is a credential of the core, found by the id that it was given."""

    def __init__(self, host: Host) -> None:
        self._host = host

    # -- coming

    async def invite(self, context: Context) -> tuple[str, UUID]:
        """A token for a picture, good once, and the ticket that its device will be asked for by."""
        ticket = new_id()
        return await self._host.one_time.issue(context.tenant, TOKEN, ticket.bytes, LIFETIME), ticket

    async def awaits(self, context: Context, token: str) -> bool:
        """Whether no device has come with this token yet."""
        return await self._host.one_time.peek(context.tenant, TOKEN, token) is not None

    async def register(self, context: Context, issuer: str, message: Message) -> tuple[UUID, int]:
        """Take a device in that brings a token: its id, and the number that its owner types into the page. Raises errors of this plugin.

        A message that is told twice finds its token used, so strangers make us remember nothing.
        """
        said, jwk = message.introduced(Registration)
        await self._is_of_now(context, issuer, said)
        name = " ".join(said.name.split())
        if not name or not name.isprintable():
            raise NotUnderstood("a name that can't be shown")
        device, number = new_id(), NUMBERS[0] + secrets.randbelow(NUMBERS[1] - NUMBERS[0] + 1)
        stored = Stored(device=device, jwk=jwk, platform=said.platform, push_token=said.push_token)
        async with self._host.transaction():
            if (found := await self._host.one_time.consume(context.tenant, TOKEN, said.token)) is None:
                raise NotOpen("the token is used, over or unknown")
            await self._keep(context, UUID(bytes=found), number, Pending(name=name, stored=stored))
        return device, number

    async def _keep(self, context: Context, ticket: UUID, number: int, pending: Pending) -> None:
        sealed = await self._host.sealing.seal(context, "push_device", str(ticket), msgspec.json.encode(pending))
        async with self._host.store(context) as store:
            await store.execute(tables.SWEEP_ENROLMENTS, context.tenant)
            await store.execute(tables.REGISTER, context.tenant, ticket, number, TRIES, sealed, LIFETIME)

    async def confirm(self, context: Context, ticket: UUID, number: int) -> NewCredential | int:
        """The device whose number was typed, for one caller; else how many tries are left, 0 where there is nothing to try."""
        async with self._host.store(context) as store:
            row = await store.fetchrow(tables.CONFIRM, context.tenant, ticket, number)
        if row is None or row["device"] is None:
            return row["tries"] if row else 0
        opened = await self._host.sealing.open(context, "push_device", str(ticket), row["device"])
        pending = msgspec.json.decode(opened, type=Pending)
        return credential_of(pending.stored, pending.name)

    # -- proving

    async def known(self, context: Context, issuer: str, message: Message, kind: type[C]) -> tuple[Device, C]:
        """The device that signed a message, and what it said. Raises errors of this plugin."""
        if message.header.kid is None:
            raise NotUnderstood("a device names itself by kid")
        row = await self._host.credentials.by_lookup(context, KIND, message.header.kid.bytes)
        if row is None:
            raise NotTheDevice("no such device")
        device = Device.of(row)
        said = message.signed_by(device.stored.jwk, kind)
        await self._is_of_now(context, issuer, said)
        await self._is_first(context, said, str(device.stored.device))
        user = await self._host.users.get(context, device.user_id)
        if user is None or user.status is not UserStatus.ACTIVE:
            raise NotTheDevice("its owner is not active")
        return device, said

    async def _is_of_now(self, context: Context, issuer: str, said: Claims) -> None:
        """Whether a message that was signed is for us, and of now by the database's clock."""
        if said.aud != issuer:
            raise NotUnderstood("for another audience")
        async with self._host.store(context) as store:
            if not await store.fetchval(tables.IS_OF_NOW, said.iat, SKEW):
                raise NotOfNow("made at another time")

    async def _is_first(self, context: Context, said: Claims, by: str) -> None:
        """Whether it was never told before. Remembered for longer than it is of now."""
        if not await self._host.one_time.claim(context.tenant, "push_message", f"{by} {said.jti}", 3 * SKEW):
            raise NotOfNow("told before")

    # -- having

    async def of_user(self, context: Context, user_id: UUID) -> tuple[Device, ...]:
        """The person's devices, oldest first."""
        rows = await self._host.credentials.of_user(context, user_id, KIND)
        return tuple(Device.of(row) for row in rows)

    async def count(self, context: Context, user_id: UUID | None) -> int:
        """How many devices the person has. Opens nothing."""
        if user_id is None:
            return 0
        return sum(one.kind == KIND for one in await self._host.credentials.summaries(context, user_id))

    # -- changing and going

    async def change(self, context: Context, issuer: str, device: Device, said: Change) -> None:
        """Another way to be woken, or another key, which shows itself. Of several at once one is taken. Raises ``Conflict``."""
        stored = device.stored
        if said.push_token is not None:
            stored = msgspec.structs.replace(stored, push_token=said.push_token)
        if said.key:
            stored = msgspec.structs.replace(stored, jwk=await self._new_key(context, issuer, device, said.key))
        row = device.credential
        async with self._host.transaction():
            if not await self._host.credentials.advance(context, row.id, row.counter + 1):
                raise Conflict("the device was changed meanwhile")
            await self._host.credentials.set_data(context, row.id, msgspec.json.encode(stored))
            if said.key:
                await self._host.events.record(context, about(KEY_CHANGED, device))

    async def _new_key(self, context: Context, issuer: str, device: Device, compact: str) -> dict[str, str]:
        said, jwk = read(compact, KEY_TYPE).introduced(NewKey)
        await self._is_of_now(context, issuer, said)
        await self._is_first(context, said, thumbprint(jwk))
        if said.device != device.stored.device:
            raise NotUnderstood("a key for another device")
        return jwk

    async def remove(self, context: Context, device: Device) -> None:
        """The device takes its leave."""
        await self._host.credentials.remove(context, device.user_id, device.credential.id)


def credential_of(stored: Stored, name: str) -> NewCredential:
    """A row that holds a device. ``counter`` tells how often it was changed."""
    return NewCredential(
        plugin=PLUGIN,
        kind=KIND,
        data=msgspec.json.encode(stored),
        label=name,
        second=True,
        lookup=stored.device.bytes,
    )


def about(type_: str, device: Device, **more: str) -> NewEvent:
    """An event about a person's device. ``kind`` and ``user`` are what a notice goes by."""
    user = str(device.user_id)
    data = {"kind": KIND, "user": user, "credential": str(device.credential.id), **more}
    return NewEvent(type=type_, object=Object("user", user), person=device.user_id, data=data)
