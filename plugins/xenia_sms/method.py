"""Proving by a code that one has the phone of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import (
    Again,
    ChannelKind,
    CodePage,
    Context,
    Factor,
    Form,
    Host,
    Journey,
    Proof,
    Proven,
    Refused,
    SendingMethod,
    StepView,
    text,
)
from xenia_sms.budget import Budget
from xenia_sms.service import KIND, SmsCodes
from xenia_sms.settings import SmsSettings
from xenia_sms.views import ASK, FIRST


class SmsMethod:
    """A one-time code (RFC 8176: ``otp``, ``sms``) over the telephone network: something one has, and a *restricted* authenticator
    (NIST SP 800-63B-4 section 3.1.3.3).
    """

    name = KIND
    factors = frozenset({Factor.POSSESSION})
    amr: tuple[str, ...] = ("otp", "sms")
    primary = True
    sends = True
    label = text("sms.label")
    icon = "phone"

    def __init__(self, host: Host, codes: SmsCodes) -> None:
        self._host = host
        self._codes = codes

    async def available(self, context: Context, journey: Journey) -> bool:
        """To a person who is known and has a number; before that only where the tenant wants it, then to all alike."""
        settings = await self._host.config.get(context, SmsSettings)
        if not settings.is_ready or not await self._host.notify.can(context, ChannelKind.SMS):
            return False
        if not journey.is_known:
            return settings.first
        return await self._codes.credential_of(context, journey.user_id) is not None

    async def begin(self, context: Context, journey: Journey) -> StepView | Again:
        """The field for the code; the first time, one is sent."""
        return await _page(journey).begin(journey, lambda: self._codes.to_sign_in(context, journey))

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused | Again:
        """Judge the code, or send another."""
        refused = await _page(journey).complete(
            form,
            lambda: self._codes.to_sign_in(context, journey),
            lambda typed: self._codes.check_sign_in(context, journey, typed),
        )
        if refused is not None:
            return refused
        user = await self._codes.reachable(context, journey.user_id)
        if user is None:  # a code that nobody got was guessed
            return Refused(errors={"code": text("sms.wrong")})
        number = await self._codes.credential_of(context, user.id)
        at = self._host.clock.now()
        proof = Proof(method=self.name, factors=self.factors, amr=self.amr, at=at, credential=number)
        return Proven(user_id=user.id, proof=proof)


def _page(journey: Journey) -> CodePage:
    return ASK if journey.is_known else FIRST


if TYPE_CHECKING:

    def _proof(host: Host) -> SendingMethod:
        return SmsMethod(host, SmsCodes(host, Budget(host)))
