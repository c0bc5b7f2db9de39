"""A forgotten password: a link to the mailbox, a new password, no session.

Asking is answered alike for every address, in words and in time: a job does the work, whether or not anybody is known. A link carries what it
was made for (the password, the address and whether there was a second factor at that moment), so that a change of any ends every link sent before.

A link shows the mailbox, and no more. Where the account asks for more than that, the link only begins its recovery: a journey, which asks for
another factor before it lets a password be chosen.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from xenia.api import (
    ChannelKind,
    Context,
    Host,
    IdentifierKind,
    Limit,
    NewEvent,
    Object,
    Outgoing,
    Reservation,
    Text,
    User,
    UserStatus,
    text,
)
from xenia_password.policy import Policy
from xenia_password.service import KIND as PASSWORD
from xenia_password.service import PasswordService
from xenia_password.settings import PasswordSettings
from xenia_password.words import words_of

KIND = "reset"
JOB = "password.reset_mail"
# Due a moment later, the job isn't done beside the answer, which would take longer where there is more to do.
LATER = timedelta(milliseconds=1)
PER_ACCOUNT = Limit("password.reset.account", 3, timedelta(hours=1))
FOR_SOMEBODY = Limit("password.reset.for_somebody", 5, timedelta(hours=1))


class Link(msgspec.Struct, frozen=True):
    """What a link stands for: a user, and the state in which it may be used."""

    user: UUID
    state: str


class ResetService:
    """Reset links, from asking to the new password."""

    def __init__(self, host: Host, passwords: PasswordService, policy: Policy) -> None:
        self._host = host
        self._passwords = passwords
        self._policy = policy

    # -- asking

    async def ask(self, context: Context, identifier: str) -> None:
        """Queue the work. Nothing is looked up here."""
        data = {"identifier": identifier, "locale": context.locale}
        await self._host.jobs.enqueue(context, JOB, data, delay=LATER)

    async def send(self, context: Context, data: dict[str, Any]) -> None:
        """The job: mail a link, if the identifier belongs to somebody who may reset a password."""
        user = await self._find(context, str(data["identifier"]))
        address = _address(user, str(data["identifier"])) if user else None
        if user is None or address is None or user.status is not UserStatus.ACTIVE:
            return
        place = await self._host.limits.reserve(context.tenant, PER_ACCOUNT, str(user.id))
        if isinstance(place, Reservation):
            await self._send(context, user, address, user.locale or str(data.get("locale") or "en"))

    async def _find(self, context: Context, identifier: str) -> User | None:
        kinds = (IdentifierKind.EMAIL,) if "@" in identifier else (IdentifierKind.USERNAME, IdentifierKind.PHONE)
        for kind in kinds:
            if user := await self._host.users.find(context, kind, identifier):
                return user
        return None

    async def _send(
        self, context: Context, user: User, address: str, locale: str, *, asked: str = "password.mail.body"
    ) -> None:
        settings = await self._host.config.get(context, PasswordSettings)
        lifetime = timedelta(minutes=settings.reset_minutes)
        link = Link(user.id, await self._state(context, user))
        event = NewEvent(type="password.reset_requested", object=Object("user", str(user.id)), person=user.id)
        async with self._host.transaction():
            secret = await self._host.one_time.issue(context.tenant, KIND, msgspec.json.encode(link), lifetime)
            message = _reset(address, locale, secret, settings.reset_minutes, asked)
            expires = self._host.clock.now() + lifetime
            await self._host.notify.send(context, msgspec.structs.replace(message, expires_at=expires))
            await self._host.events.record(context, event)

    async def is_enough(self, context: Context, user_id: UUID) -> bool:
        """Whether the mailbox is as much as the account asks for: of whoever has a password and no second factor, or nothing
        at all yet. A mailbox alone adds no weaker way in beside a passkey.
        """
        enrolled = await self._host.credentials.summaries(context, user_id)
        if any(one.second for one in enrolled):
            return False
        return not enrolled or any(one.kind == PASSWORD for one in enrolled)

    async def _state(self, context: Context, user: User) -> str:
        """A digest of what a link depends on: it changes with the password, with the address, and with the first second factor."""
        stored = await self._passwords.current(context, user.id)
        seen = f"{user.id} {stored.id if stored else ''} {user.email} {await self.is_enough(context, user.id)}"
        return hashlib.sha256(seen.encode("utf-8", "surrogatepass")).hexdigest()

    async def send_for_somebody(self, context: Context, user_id: UUID) -> bool:
        """Mail a link that an administrator asked for, to a proven address alone; whether that was done."""
        user = await self._host.users.get(context, user_id)
        address = user.verified(IdentifierKind.EMAIL) if user else None
        if user is None or address is None or user.status is not UserStatus.ACTIVE:
            return False
        if not await self._host.notify.can(context, ChannelKind.EMAIL):
            return False
        place = await self._host.limits.reserve(context.tenant, FOR_SOMEBODY, str(user.id))
        if not isinstance(place, Reservation):
            return False
        await self._send(context, user, address, user.locale or context.locale, asked="password.mail.for_you")
        return True

    async def invitation(self, context: Context, user_id: UUID, lifetime: timedelta) -> str | None:
        """The path of a link that nobody asked for and no mail carries: whoever may invite hands it over."""
        user = await self._host.users.get(context, user_id)
        if user is None or user.status is not UserStatus.ACTIVE:
            return None
        link = Link(user.id, await self._state(context, user))
        secret = await self._host.one_time.issue(context.tenant, KIND, msgspec.json.encode(link), lifetime)
        return f"/recover/{secret}"

    # -- using the link

    async def user_of(self, context: Context, secret: str) -> User | None:
        """Whose password a link could change now. Spends nothing."""
        found = await self._host.one_time.peek(context.tenant, KIND, secret)
        return await self._person(context, found) if found else None

    async def _person(self, context: Context, data: bytes) -> User | None:
        link = msgspec.json.decode(data, type=Link)
        user = await self._host.users.get(context, link.user)
        if user is None or user.status is not UserStatus.ACTIVE or await self._state(context, user) != link.state:
            return None
        return user

    async def take(self, context: Context, secret: str) -> User | None:
        """Whose account a link recovers, for exactly one caller with it."""
        found = await self._host.one_time.consume(context.tenant, KIND, secret)
        return await self._person(context, found) if found else None

    async def problem(self, context: Context, user: User, password: str) -> Text | None:
        """What is wrong with the new password. Asked before the link is spent."""
        return await self._policy.problem(context, user.id, password, await words_of(self._host, context, user))

    async def shortest(self, context: Context, user: User) -> int:
        """The least length for this person."""
        return await self._policy.shortest(context, user.id)

    async def use(self, context: Context, secret: str, password: str) -> bool:
        """Change the password, for exactly one caller with this link, where that is enough. Nobody is signed in by it."""
        made = await self._passwords.made(password)
        async with self._host.transaction():
            user = await self.take(context, secret)
            if user is None or not await self.is_enough(context, user.id):
                return False
            await self._host.credentials.add(context, user.id, made)
            await self._passwords.replaced(context, user.id, keep=None, how="reset")
        return True


def _address(user: User, identifier: str) -> str | None:
    """The stored address that was asked for, never the spelling that was typed; else the primary one. An address that nobody
    proved will do only where no other was.
    """
    if proven := user.verified(IdentifierKind.EMAIL, identifier):
        return proven
    wanted = identifier.strip().casefold()
    mine = [one.value for one in user.identifiers if one.kind is IdentifierKind.EMAIL]
    return next((value for value in mine if value.casefold() == wanted), user.email)


def _reset(address: str, locale: str, secret: str, minutes: int, asked: str) -> Outgoing:
    return Outgoing(
        channel=ChannelKind.EMAIL,
        to=address,
        subject=text("password.mail.subject"),
        body=(text(asked), text("password.mail.once", minutes=minutes)),
        link=f"/recover/{secret}",
        link_label=text("password.mail.link"),
        small=(text("password.mail.small"),),
        locale=locale,
    )
