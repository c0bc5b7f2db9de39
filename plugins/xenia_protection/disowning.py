"""“This wasn’t me”: a link in a notice that closes the account until its owner has recovered it.

Opening the link changes nothing. Pressing the button ends every session and grant, and from then on nobody signs in with what was known before:
only with a password that was set by mail afterwards, or, where there is none, by the mailbox itself.

What was added to the account since the change that the notice tells of opens nothing either, then or later: a stranger's passkey would be a way back
in. It isn't removed by this button, which needs nothing but the mailbox: whoever has that alone would undo a second factor with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from xenia.api import (
    ChannelKind,
    Context,
    Host,
    IdentifierKind,
    NewEvent,
    NoticeLink,
    Object,
    Outgoing,
    Text,
    User,
    UserStatus,
    text,
)
from xenia_protection import tables
from xenia_protection.settings import ProtectionSettings

KIND = "disown"
JOB = "protection.recover"
DISOWNED, RECOVERED = "protection.disowned", "protection.recovered"
REASON = "disowned by its owner"
RECOVERY = timedelta(hours=1)
EARLIER = timedelta(minutes=1)
"""An event is a moment later than what it tells of."""
PASSWORD = "password"  # noqa: S105  the name of a kind
MOST = 100


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What a link is about: whose account, what they were told of, at which address, when it was handed out, and since when
    somebody else may have been there.
    """

    user: UUID
    subject: Text
    address: str
    at: datetime
    since: datetime


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How an account stands: since when it waits for its owner, and which credentials came while somebody else was in it."""

    since: datetime | None = None
    distrusted: frozenset[UUID] = frozenset()


class Disowning:
    """Links, what they do, and who is waiting to be recovered."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def links(self, context: Context, user_id: UUID, message: Outgoing) -> Sequence[NoticeLink]:
        """The link for one notice. It is made when the mail goes out and stored nowhere but as a hash."""
        settings = await self._host.config.get(context, ProtectionSettings)
        at = await self._host.tables(context).fetchval(tables.NOW)
        since = (message.at or at) - EARLIER
        notice = Notice(user=user_id, subject=message.subject, address=message.to, at=at, since=since)
        lifetime = timedelta(days=settings.disown_days)
        secret = await self._host.one_time.issue(context.tenant, KIND, msgspec.json.encode(notice), lifetime)
        return (NoticeLink(label=text("protection.disown.link"), path=f"/not-me/{secret}"),)

    async def notice(self, context: Context, secret: str) -> Notice | None:
        """What a link that still works is about. Spends nothing."""
        found = await self._host.one_time.peek(context.tenant, KIND, secret)
        return msgspec.json.decode(found, type=Notice) if found else None

    async def disown(self, context: Context, secret: str) -> bool:
        """Close the account, for exactly one caller with this link."""
        async with self._host.transaction():
            found = await self._host.one_time.consume(context.tenant, KIND, secret)
            if found is None:
                return False
            notice = msgspec.json.decode(found, type=Notice)
            if not await self._close(context, notice):
                return False
            await self.end_everything(context, notice.user)
            await self._tell(context, DISOWNED, notice.user, {"notice": notice.subject.id})
            data = {"user": str(notice.user), "address": notice.address, "locale": context.locale}
            await self._host.jobs.enqueue(context, JOB, data)
        return True

    async def _close(self, context: Context, notice: Notice) -> bool:
        """Whether there was an account to close, which its owner hasn't had back since the notice."""
        if await self._person(context, notice.user) is None:
            return False
        args = (context.tenant, notice.user, await self._added(context, notice), notice.at)
        return bool(await self._host.tables(context).fetchval(tables.CLOSE, *args))

    async def _added(self, context: Context, notice: Notice) -> list[UUID]:
        """What came since the change. Passwords are told apart by when they were set anyway."""
        known = await self._host.credentials.summaries(context, notice.user)
        return [one.id for one in known if one.kind != PASSWORD and one.created_at >= notice.since]

    async def _person(self, context: Context, user_id: UUID) -> User | None:
        user = await self._host.users.get(context, user_id)
        return user if user is not None and user.status is not UserStatus.ERASED else None

    async def end_everything(self, context: Context, user_id: UUID) -> None:
        """Every session, and every grant that outlives sessions."""
        await self._host.sessions.end_all(context, user_id, reason=REASON)
        for grant in await self._host.grants.of_user(context, user_id):
            await self._host.grants.end(context, grant.id, reason=REASON)

    async def send_recovery(self, context: Context, data: dict[str, Any]) -> None:
        """The job: a way back, to the address that the notice went to while it is the person's, else to one that is: whoever kept the
        mailbox of an address that was taken away gets none. An account that nobody may use gets none.
        """
        user = await self._person(context, UUID(data["user"]))
        address = (user.verified(IdentifierKind.EMAIL, data["address"]) or user.email) if user else None
        if user is None or address is None:
            return
        path = await self._host.hooks.invitation(context, user.id, RECOVERY)
        await self._host.notify.send(context, _way_back(path, address, data["locale"]))

    # -- who waits

    async def standing(self, context: Context, user_id: UUID) -> Standing:
        """How an account stands; nearly all were never disowned."""
        row = await self._host.tables(context).fetchrow(tables.STATE, context.tenant, user_id)
        return Standing(since=row["since"], distrusted=frozenset(row["distrusted"])) if row else Standing()

    async def since(self, context: Context, user_id: UUID) -> datetime | None:
        """Since when an account waits for its owner; ``None`` where it doesn't."""
        return (await self.standing(context, user_id)).since

    async def waiting(self, context: Context) -> Sequence[tuple[UUID, datetime]]:
        """Every account that waits, the newest first."""
        rows = await self._host.tables(context).fetch(tables.ALL_DISOWNED, context.tenant, MOST)
        return [(row["user_id"], row["at"]) for row in rows]

    async def settle(self, context: Context, user_id: UUID, how: str) -> bool:
        """Its owner has it back; ``True`` for the one who finds out."""
        async with self._host.transaction():
            settled = await self._host.tables(context).fetchval(tables.SETTLE, context.tenant, user_id)
            if settled:
                await self._tell(context, RECOVERED, user_id, {"how": how})
        return bool(settled)

    async def trust(self, context: Context, user_id: UUID) -> None:
        """What was added counts again: an administrator found out that it was the owner's."""
        await self._host.tables(context).execute(tables.TRUST, context.tenant, user_id)

    async def remove_distrusted(self, context: Context, user_id: UUID) -> None:
        """Take what was added out of the account, for the owner who came back with two factors of before."""
        async with self._host.transaction():
            for id_ in await self._host.tables(context).fetchval(tables.TRUST, context.tenant, user_id) or ():
                await self._host.credentials.remove(context, user_id, id_)

    async def _tell(self, context: Context, type_: str, user_id: UUID, data: dict[str, str]) -> None:
        about = Object("user", str(user_id))
        await self._host.events.record(context, NewEvent(type=type_, object=about, person=user_id, data=data))


def _way_back(path: str | None, address: str, locale: str) -> Outgoing:
    return Outgoing(
        channel=ChannelKind.EMAIL,
        to=address,
        subject=text("protection.recover.subject"),
        body=(text("protection.recover.body"),),
        link=path or "/sign-in",
        link_label=text("protection.recover.link") if path else text("protection.recover.sign_in"),
        small=(text("protection.recover.small"),),
        locale=locale,
    )
