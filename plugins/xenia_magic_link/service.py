"""Links by mail: one lives for each journey, is approved once, and is taken once by the journey that asked for it."""

from __future__ import annotations

import secrets
from datetime import timedelta

import msgspec

from xenia.api import (
    ChannelKind,
    Context,
    Host,
    IdentifierKind,
    Journey,
    Outgoing,
    SentCodes,
    User,
    UserStatus,
    device_of,
    new_id,
    text,
)
from xenia_magic_link import tables
from xenia_magic_link.models import About, Link, Ticket
from xenia_magic_link.settings import MagicLinkSettings

KIND = "magic"
PURPOSE = "magic_link"
TRIES = 3


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What came of asking for a link: the ticket and the number that another browser must name, or seconds to wait."""

    wait: int = 0
    ticket: str = ""
    number: int = 0


class LinkService:
    """Sends links and keeps what became of them. Nothing that a request does here depends on whether the account exists."""

    def __init__(self, host: Host) -> None:
        self._host = host

    # -- sending

    async def send(self, context: Context, journey: Journey) -> Sent:
        """Make a fresh link, which ends the one before, and have it mailed."""
        settings = await self._host.config.get(context, MagicLinkSettings)
        address = journey.claimed.value if journey.claimed else str(journey.user_id)
        apart, source = await self._host.hooks.counts_apart(context, journey), context.source.address
        if wait := await self._paced(settings).reserve(context.tenant, journey.id, address, source=source, apart=apart):
            return Sent(wait=wait)
        about = await self._about(context, journey, address)
        ticket, number = Ticket(journey.id, new_id()), 10 + secrets.randbelow(90)
        lifetime = timedelta(minutes=settings.minutes)
        async with self._host.transaction():
            secret = await self._host.one_time.issue(context.tenant, KIND, msgspec.json.encode(ticket), lifetime)
            await self._keep(context, ticket, number, about, lifetime)
            mail = self._mail(context, about, secret, settings.minutes)
            await self._host.notify.send_if_known(context, journey.user_id, address, mail)
        return Sent(ticket=str(ticket.id), number=number)

    def _paced(self, settings: MagicLinkSettings) -> SentCodes:
        pause = timedelta(seconds=settings.resend_seconds)
        return SentCodes(self._host.limits, self._host.one_time, PURPOSE, pause=pause, each_journey=settings.most_mails)

    async def _about(self, context: Context, journey: Journey, who: str) -> About:
        application = await self._host.applications.get(context, context.application) if context.application else None
        tenant = await self._host.tenants.get(context.tenant)
        return About(
            browser=context.source.browser,
            who=who,
            place=application.title if application else tenant.title if tenant else context.tenant,
            device=device_of(context.source.user_agent)[0],
            at=self._host.clock.now(),
            leads_to=str(journey.resume.data.get("leads_to") or ""),
        )

    async def _keep(self, context: Context, ticket: Ticket, number: int, about: About, lifetime: timedelta) -> None:
        sealed = await self._host.sealing.seal(context, PURPOSE, str(ticket.journey), msgspec.json.encode(about))
        async with self._host.store(context) as store:
            await store.execute(tables.SWEEP, context.tenant)
            await store.execute(
                tables.ISSUE, context.tenant, ticket.journey, ticket.id, number, TRIES, sealed, lifetime
            )

    def _mail(self, context: Context, about: About, secret: str, minutes: int) -> Outgoing:
        asked = text("magic_link.mail.asked", place=about.place, device=about.device or "–")
        return Outgoing(
            channel=ChannelKind.EMAIL,
            to="",
            subject=text("magic_link.mail.subject"),
            body=(asked, text("magic_link.mail.once", minutes=minutes)),
            link=f"/magic-link/{secret}",
            link_label=text("magic_link.mail.link"),
            small=(text("magic_link.mail.small"),),
            locale=context.locale,
            expires_at=self._host.clock.now() + timedelta(minutes=minutes),
        )

    # -- the page behind a link

    async def find(self, context: Context, secret: str) -> Link | None:
        """What a link is for. Spends nothing, however often it is asked: scanners of mails open links."""
        found = await self._host.one_time.peek(context.tenant, KIND, secret)
        if not found:
            return None
        ticket = msgspec.json.decode(found, type=Ticket)
        row = await self._host.tables(context).fetchrow(tables.FIND, context.tenant, ticket.journey, ticket.id)
        if row is None:
            return None
        about = await self._host.sealing.open(context, PURPOSE, str(ticket.journey), row["about"])
        return Link(ticket, msgspec.json.decode(about, type=About), row["is_open"])

    async def approve(self, context: Context, link: Link, number: int | None) -> bool | None:
        """Let the journey go on: ``True`` for exactly one caller, ``False`` for a wrong number, ``None`` where it is over.

        ``number`` is what another browser named; ``None`` = this is the browser that began.
        """
        ticket = link.ticket
        approved: bool | None = await self._host.tables(context).fetchval(
            tables.APPROVE, context.tenant, ticket.journey, ticket.id, number
        )
        return approved

    # -- the journey

    async def take(self, context: Context, ticket: Ticket) -> bool:
        """Whether the link was approved; the approval is used by this call."""
        return bool(await self._host.tables(context).fetchval(tables.TAKE, context.tenant, ticket.journey, ticket.id))

    async def reachable(self, context: Context, journey: Journey) -> User | None:
        """The person, if a link can reach them."""
        user = await self._host.users.get(context, journey.user_id) if journey.user_id else None
        if user is None or user.status is not UserStatus.ACTIVE or user.verified(IdentifierKind.EMAIL) is None:
            return None
        return user
