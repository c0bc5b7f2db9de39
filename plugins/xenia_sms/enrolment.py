"""Setting a number up: type it, and show by a code that its phone is at hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import (
    Again,
    Context,
    Enrolled,
    Form,
    Host,
    IdentifierKind,
    Journey,
    PreparedEnrolment,
    Refused,
    StepView,
    text,
)
from xenia_sms.budget import Budget
from xenia_sms.numbers import Number, read
from xenia_sms.service import KIND, SmsCodes, made
from xenia_sms.settings import SmsSettings
from xenia_sms.views import CHANGE, confirm, number_view


class SmsEnrolment:
    """A second factor for a person with a phone. Another number takes the place of the one before."""

    name = KIND
    kind = KIND
    second = True
    sign_up = False
    sends = True
    replaces = True
    label = text("sms.label")
    hint = text("sms.hint")
    icon = "phone"

    def __init__(self, host: Host, codes: SmsCodes) -> None:
        self._host = host
        self._codes = codes

    async def ready(self, context: Context) -> bool:
        """Once the tenant said who carries messages, whereto, and for enough that a number can be set up."""
        return (await self._host.config.get(context, SmsSettings)).can_enrol

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """The field for the number, or for the code that was sent to it."""
        if number := _remembered(journey):
            return confirm(number).view()
        return await self._number_view(context, await self._own(context, journey))

    async def complete(self, context: Context, journey: Journey, form: Form) -> Enrolled | Refused | Again:
        """Take the number, then the code. Whether another account has the number changes nothing."""
        number = _remembered(journey)
        if form.get("action") == CHANGE:
            return Again(view=await self._number_view(context, number.e164 if number else ""), remember={})
        if number is None:
            return await self._take(context, journey, form.get("number", "").strip())
        refused = await confirm(number).complete(
            form,
            lambda: self._codes.to_enrol(context, journey, number),
            lambda typed: self._codes.check_enrol(context, journey, number, typed),
            remember={"number": number.e164},
        )
        return refused or Enrolled(credentials=(made(number),), stored=self._proves(number))

    async def _take(self, context: Context, journey: Journey, typed: str) -> Refused | Again:
        settings = await self._host.config.get(context, SmsSettings)
        if not typed:
            return Refused(errors={"number": text("sms.number.missing")}, counts=False)
        if (number := read(typed, settings.default_country)) is None:
            return Refused(errors={"number": text("sms.number.wrong")}, counts=False)
        if settings.is_ready and number.country not in settings.countries:
            return Refused(errors={"number": text("sms.number.country")}, counts=False)
        if problem := await self._codes.to_enrol(context, journey, number):
            return Refused(errors={"": problem}, counts=False)
        return Again(view=confirm(number).view(), remember={"number": number.e164})

    def _proves(self, number: Number) -> Callable[[Context, UUID], Awaitable[None]]:
        """What follows with the credential: where the profile has this number, it is verified now."""

        async def stored(context: Context, user_id: UUID) -> None:
            await self._host.users.verify_identifier(context, user_id, IdentifierKind.PHONE, number.e164)

        return stored

    async def _own(self, context: Context, journey: Journey) -> str:
        """The number in the person's profile, to begin with."""
        user = await self._host.users.get(context, journey.user_id) if journey.user_id else None
        known = user.identifier(IdentifierKind.PHONE) if user else None
        return known.value if known else ""

    async def _number_view(self, context: Context, typed: str) -> StepView:
        settings = await self._host.config.get(context, SmsSettings)
        errors = {} if settings.is_ready else {"": text("sms.nothing_now")}
        return number_view(typed, countries=bool(settings.default_country), errors=errors)


def _remembered(journey: Journey) -> Number | None:
    return read(str(journey.remembered(KIND).get("number", "")))


if TYPE_CHECKING:

    def _proof(host: Host) -> PreparedEnrolment:
        return SmsEnrolment(host, SmsCodes(host, Budget(host)))
