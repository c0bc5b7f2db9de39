"""Proving an address: a code to type into the waiting page, or a link that tells that page to go on.

A link never signs anybody in and never opens a page of the journey: whoever follows it elsewhere (another device, a scanner of mails) can only
confirm, and only by pressing a button. For an address that has an account already everything is the same but the mail.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

from xenia.api import ChannelKind, Context, Host, Outgoing, SentCodes, Text, text
from xenia_mail import tables

CODE = "verify_email"
LINK = "verify"
LIFETIME = timedelta(minutes=10)
MINUTES = int(LIFETIME.total_seconds() // 60)


class Target(msgspec.Struct, frozen=True):
    """What a link confirms: that the owner of ``address`` wants ``journey`` to go on."""

    journey: UUID
    address: str


class Verification:
    """Sends codes and links, and judges them."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._codes = SentCodes(host.limits, host.one_time, CODE, lifetime=LIFETIME)

    async def send(self, context: Context, target: Target, *, taken: bool) -> int:
        """Mail a fresh code, which replaces the one before. 0, or the seconds to wait where too many were asked for."""
        source = context.source.address
        if wait := await self._codes.reserve(context.tenant, target.journey, target.address, source=source):
            return wait
        async with self._host.transaction():
            code = await self._codes.issue(context.tenant, target.journey, target.address)
            link = await self._host.one_time.issue(context.tenant, LINK, msgspec.json.encode(target), LIFETIME)
            message = _taken() if taken else _code(code, link)
            expires = self._host.clock.now() + LIFETIME
            await self._host.notify.send(
                context,
                msgspec.structs.replace(message, to=target.address, locale=context.locale, expires_at=expires),
            )
        return 0

    async def check(self, context: Context, target: Target, code: str) -> Text | None:
        """Try a code; ``None`` = right, and used by this call. The sentence otherwise."""
        result = await self._codes.check(context.tenant, target.journey, target.address, code)
        if result.is_ok:
            return None
        if result.attempts_left:
            return text("mail.verify.wrong")
        return text("mail.verify.spent")

    # -- the link

    async def peek(self, context: Context, secret: str) -> Target | None:
        """What a link would confirm. Spends nothing: scanners of mails open links."""
        found = await self._host.one_time.peek(context.tenant, LINK, secret)
        return msgspec.json.decode(found, type=Target) if found else None

    async def approve(self, context: Context, secret: str) -> bool:
        """Confirm, once; the journey may then go on in the browser that began it."""
        async with self._host.transaction():
            found = await self._host.one_time.consume(context.tenant, LINK, secret)
            if not found:
                return False
            target = msgspec.json.decode(found, type=Target)
            async with self._host.store(context) as store:
                await store.execute(tables.FORGET_APPROVALS, context.tenant)
                await store.execute(tables.APPROVE, context.tenant, target.journey, target.address, LIFETIME)
        return True

    async def take_approval(self, context: Context, target: Target) -> bool:
        """Whether the link was confirmed; the confirmation is used by this call."""
        return bool(
            await self._host.tables(context).fetchval(
                tables.TAKE_APPROVAL, context.tenant, target.journey, target.address
            )
        )


def _code(code: str, link: str) -> Outgoing:
    return Outgoing(
        channel=ChannelKind.EMAIL,
        to="",
        subject=text("mail.verify.mail.subject"),
        body=(text("mail.verify.mail.body", minutes=MINUTES),),
        code=code,
        link=f"/verify-email/{link}",
        link_label=text("mail.verify.mail.link"),
        small=(text("mail.verify.mail.small"),),
    )


def _taken() -> Outgoing:
    return Outgoing(
        channel=ChannelKind.EMAIL,
        to="",
        subject=text("mail.verify.mail.subject"),
        body=(text("mail.verify.taken.body"),),
        link="/sign-in",
        link_label=text("mail.verify.taken.link"),
        small=(text("mail.verify.taken.small"),),
    )
