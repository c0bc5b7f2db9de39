"""Codes by text message: made for one journey and one person or number, paid for before they are sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from xenia.api import (
    ChannelKind,
    CodeStatus,
    Context,
    Host,
    Job,
    Journey,
    Limit,
    NewCredential,
    Outgoing,
    Reservation,
    SentCodes,
    Text,
    User,
    UserStatus,
    account_key,
    literal,
    text,
)
from xenia_sms.budget import Budget
from xenia_sms.channel import PAID, UNASKED
from xenia_sms.numbers import Number, read
from xenia_sms.settings import SmsSettings

PLUGIN = "sms"
KIND = "sms_otp"
ENROL = "sms_enrol"
JOB = "sms.send_code"
LATER = timedelta(milliseconds=1)
"""Apart from the request, so that its time doesn't tell whether there was anybody to send to."""

LONGEST_NAME = 40
TRIES = Limit("sms_enrol.tries", 20, timedelta(days=1))
"""Codes that one account may try for new numbers: each code has tries of its own, and another may always be asked for."""

NEW_NUMBERS = Limit("sms_enrol.account", 10, timedelta(days=1))
"""Codes that one account may have sent to new numbers."""

NOTHING_NOW = text("sms.nothing_now")


Queue = Callable[[Outgoing], Awaitable[None]]
"""Puts the message into the running transaction's queue."""


class Wanted(NamedTuple):
    """What a code is asked for: the kind keeps limits and codes apart, the address is what it is bound to beside its journey.
    ``number`` is ``None`` where nobody has proven anything: whether there is one is found out later. ``account`` is who sets
    a number up.
    """

    kind: str
    address: str
    number: Number | None = None
    account: str = ""

    @property
    def is_expected(self) -> bool:
        """Whether it goes to a number that was set up before, for somebody who has proven something."""
        return self.number is not None and not self.account


class Queued(msgspec.Struct, frozen=True):
    """A code for whoever turns out to be there."""

    user: UUID | None
    message: Outgoing


class SmsCodes:
    """Sends and judges codes. Nothing that a request does here before a proof depends on whether the account exists."""

    def __init__(self, host: Host, budget: Budget) -> None:
        self._host = host
        self._budget = budget

    # -- asking for one

    async def to_sign_in(self, context: Context, journey: Journey) -> Text | None:
        """Have a code sent to the person's number, if there is one; the sentence where that can't be done now."""
        number = await self.number_of(context, journey.user_id) if journey.is_known else None
        wanted = Wanted(KIND, address_of(journey), number)

        async def queue(message: Outgoing) -> None:
            data = msgspec.to_builtins(Queued(journey.user_id, message))
            await self._host.jobs.enqueue(context, JOB, data, delay=LATER)

        return await self._sent(context, journey, wanted, queue)

    async def to_enrol(self, context: Context, journey: Journey, number: Number) -> Text | None:
        """Have a code sent to a new number: the same whoever else may have it."""

        async def queue(message: Outgoing) -> None:
            await self._host.notify.send(context, msgspec.structs.replace(message, to=number.e164))

        return await self._sent(context, journey, Wanted(ENROL, number.e164, number, account_key(journey)), queue)

    async def _sent(self, context: Context, journey: Journey, wanted: Wanted, queue: Queue) -> Text | None:
        """Take a place in the limits, then the money, then make the code: in this order, so that what is refused costs nothing."""
        settings = await self._host.config.get(context, SmsSettings)
        if not settings.is_ready or (wanted.number and wanted.number.country not in settings.countries):
            return NOTHING_NOW
        codes = self._codes(settings, wanted.kind)
        apart, source = await self._host.hooks.counts_apart(context, journey), context.source.address
        seconds = await codes.reserve(context.tenant, journey.id, wanted.address, source=source, apart=apart)
        if seconds:
            return text("sms.wait", count=seconds)
        if wanted.account and not await self._took(context, NEW_NUMBERS, wanted.account):
            return text("sms.enough")
        units = settings.price(wanted.number.country) if wanted.number else settings.dearest
        if not await self._budget.spend(context, settings, units, whole=wanted.is_expected):
            return NOTHING_NOW
        async with self._host.transaction():
            code = await codes.issue(context.tenant, journey.id, wanted.address, attempts=settings.attempts)
            await queue(await self._message(context, settings, wanted, code))
        return None

    def _codes(self, settings: SmsSettings, kind: str) -> SentCodes:
        return SentCodes(
            self._host.limits,
            self._host.one_time,
            kind,
            lifetime=timedelta(minutes=settings.minutes),
            pause=timedelta(seconds=settings.resend_seconds),
            each_journey=settings.most_messages,
            each_source=settings.source_per_hour,
        )

    async def _message(self, context: Context, settings: SmsSettings, wanted: Wanted, code: str) -> Outgoing:
        """One sentence, and a last line that ties the code to this site for browsers that fill it in (origin-bound one-time codes)."""
        tenant = await self._host.tenants.get(context.tenant)
        name, issuer = (tenant.title, tenant.issuer) if tenant else (context.tenant, "")
        said = text(f"{wanted.kind}.message", code=code, name=" ".join(name.split())[:LONGEST_NAME])
        return Outgoing(
            channel=ChannelKind.SMS,
            to="",
            subject=text("sms.subject"),
            body=(said, literal(f"@{urlsplit(issuer).hostname} #{code}")),
            locale=context.locale,
            expires_at=self._host.clock.now() + timedelta(minutes=settings.minutes),
            data={PAID: True, UNASKED: not wanted.is_expected},
        )

    # -- finding out whether there is anybody

    async def _find(self, context: Context, data: dict[str, Any]) -> None:
        """Queue the message for the person's number; nothing for anybody else."""
        queued = msgspec.convert(data, Queued)
        user = await self.reachable(context, queued.user)
        number = await self.number_of(context, queued.user)
        if user is not None and number is not None:
            locale = user.locale or queued.message.locale
            await self._host.notify.send(
                context, msgspec.structs.replace(queued.message, to=number.e164, locale=locale)
            )

    def job(self) -> Job:
        """The kind of work this is."""
        return Job(name=JOB, run=self._find)

    async def reachable(self, context: Context, user_id: UUID | None) -> User | None:
        """The person, if they may sign in and have a number."""
        user = await self._host.users.get(context, user_id) if user_id else None
        if user is None or user.status is not UserStatus.ACTIVE or await self.credential_of(context, user_id) is None:
            return None
        return user

    async def credential_of(self, context: Context, user_id: UUID | None) -> UUID | None:
        """The credential that holds the person's number. Opens nothing."""
        mine = await self._host.credentials.summaries(context, user_id) if user_id else ()
        return next((one.id for one in mine if one.kind == KIND), None)

    async def number_of(self, context: Context, user_id: UUID | None) -> Number | None:
        """The person's number."""
        mine = await self._host.credentials.of_user(context, user_id, KIND) if user_id else ()
        return read(mine[-1].data.decode()) if mine else None

    # -- judging one

    async def check_sign_in(self, context: Context, journey: Journey, typed: str) -> Text | None:
        """Try a code to sign in with; ``None`` = right, and used by this call."""
        return await self._checked(context, journey, Wanted(KIND, address_of(journey)), typed)

    async def check_enrol(self, context: Context, journey: Journey, number: Number, typed: str) -> Text | None:
        """Try a code that was sent to a new number. An account has only so many tries, whatever the number."""
        if not await self._took(context, TRIES, account_key(journey)):
            return text("sms.spent")
        return await self._checked(context, journey, Wanted(ENROL, number.e164), typed)

    async def _took(self, context: Context, limit: Limit, key: str) -> bool:
        return isinstance(await self._host.limits.reserve(context.tenant, limit, key), Reservation)

    async def _checked(self, context: Context, journey: Journey, wanted: Wanted, typed: str) -> Text | None:
        settings = await self._host.config.get(context, SmsSettings)
        result = await self._codes(settings, wanted.kind).check(context.tenant, journey.id, wanted.address, typed)
        if result.is_ok:
            return None
        is_open = result.status is CodeStatus.WRONG and result.attempts_left > 0
        return text("sms.wrong" if is_open else "sms.spent")


def address_of(journey: Journey) -> str:
    """What a code to sign in with is bound to: the identifier as it was typed, which may change on the way."""
    return journey.claimed.value if journey.claimed else str(journey.user_id)


def made(number: Number) -> NewCredential:
    """The credential of a number; another number takes its place."""
    return NewCredential(
        plugin=PLUGIN, kind=KIND, data=number.e164.encode(), label=number.shown, second=True, replaces=True
    )
