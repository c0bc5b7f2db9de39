"""The channel for text messages: whoever sends one, it goes to an allowed country, within the limits, by the tenant's carrier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from xenia.api import Channel, ChannelKind, Context, Host, Limit, Rendered, Reservation, Unavailable, Undeliverable, log
from xenia_sms.budget import Budget
from xenia_sms.carriers import Carrier, Message, NotSetUp, carrier_of
from xenia_sms.numbers import Number, read
from xenia_sms.settings import SmsSettings

TIMEOUT_SECONDS = 10.0
UNANSWERED, UNREADABLE = "outgoing_timeout", "answer_too_large"
"""The guarded client's codes for who took the request, as far as anybody knows."""

LONGEST = 1000
KNOWN_FOR = timedelta(days=2)
SEEN = "sms.message"
PAID = "sms_paid"
"""In a message's data: what it costs was taken when it was asked for."""

UNASKED = "sms_unasked"
"""In a message's data: anybody could ask for it, whosever the number is."""


class SmsChannel:
    """Hands messages to a provider over HTTP."""

    name = "sms"
    kind = ChannelKind.SMS

    def __init__(self, host: Host, budget: Budget) -> None:
        self._host = host
        self._budget = budget

    async def send(self, context: Context, message: Rendered) -> None:
        """Hand it over. Raises ``Unavailable`` to be tried again, ``Undeliverable`` where that would not help."""
        settings = await self._host.config.get(context, SmsSettings)
        number = self._number(settings, message)
        carrier = carrier_of(settings)
        await self._admit(context, settings, message, number)
        try:
            await self._hand_over(carrier, Message(number.e164, message.text.strip()[:LONGEST], message.message_id))
        except NotSetUp as problem:
            log.error("sms_not_set_up", tenant=context.tenant, problem=problem.detail)
            raise
        except Unavailable as problem:
            log.warning("sms_not_sent_yet", tenant=context.tenant, problem=problem.detail)
            await self._pay_again(context, settings, number, problem)
            raise

    async def _hand_over(self, carrier: Carrier, message: Message) -> None:
        post = carrier.post(message)
        async with self._host.dialer.http_client(timeout=TIMEOUT_SECONDS) as http:
            answer = await http.post(post.url, headers=post.headers, content=post.content)
        carrier.judge(answer.status_code, answer.content)

    async def _pay_again(self, context: Context, settings: SmsSettings, number: Number, problem: Unavailable) -> None:
        """Whoever gave no whole answer may have sent the message all the same: another try may cost another message."""
        if problem.code == UNREADABLE:
            raise Undeliverable("the provider's answer can't be read") from problem
        if problem.code == UNANSWERED and not await self._budget.spend(
            context, settings, settings.price(number.country)
        ):
            raise Undeliverable("the budget for text messages is used up") from problem

    def _number(self, settings: SmsSettings, message: Rendered) -> Number:
        number = read(message.to)
        if number is None:
            raise Undeliverable("no number that a text message reaches")
        if settings.is_ready and number.country not in settings.countries:
            raise Undeliverable(f"{number.country} is not among the countries that messages go to")
        return number

    async def _admit(self, context: Context, settings: SmsSettings, message: Rendered, number: Number) -> None:
        """Count a message once, however often it is tried. Raises ``Undeliverable`` where a limit is reached."""
        units = 0 if message.data.get(PAID) else settings.price(number.country)
        async with self._host.transaction():
            if not await self._host.one_time.claim(context.tenant, SEEN, message.message_id, KNOWN_FOR):
                return
            is_paid = not units or await self._budget.spend(context, settings, units)
        if not is_paid:
            raise Undeliverable("the budget for text messages is used up")
        for limit in _limits(settings, is_unasked=bool(message.data.get(UNASKED))):
            if not isinstance(await self._host.limits.reserve(context.tenant, limit, number.e164), Reservation):
                raise Undeliverable("this number got enough messages for a day")


def _limits(settings: SmsSettings, *, is_unasked: bool) -> Sequence[Limit]:
    """How many a number gets. What anybody may ask for takes no more than half of it, so that its owner still gets a code."""
    day = timedelta(days=1)
    whole = Limit("sms.number", settings.number_per_day, day)
    return (Limit("sms.number.unasked", max(1, settings.number_per_day // 2), day), whole) if is_unasked else (whole,)


if TYPE_CHECKING:

    def _proof(host: Host) -> Channel:
        return SmsChannel(host, Budget(host))
