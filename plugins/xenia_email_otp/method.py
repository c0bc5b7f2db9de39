"""Proving by a code that one reads the mailbox of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import (
    Again,
    ChannelKind,
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
from xenia_email_otp.service import CodeService
from xenia_email_otp.settings import EmailOtpSettings, Place
from xenia_email_otp.views import PAGE


class EmailOtpMethod:
    """A one-time code (RFC 8176: ``otp``), sent to the mailbox that the account is known by.

    A first proof shows the mailbox. A second one, beside a password and where the tenant wants that, counts as possession.
    """

    name = "email_otp"
    factors = frozenset({Factor.MAILBOX, Factor.POSSESSION})
    amr: tuple[str, ...] = ("otp",)
    primary = True
    sends = True
    label = text("email_otp.label")
    icon = "mail"

    def __init__(self, host: Host, codes: CodeService) -> None:
        self._host = host
        self._codes = codes

    async def available(self, context: Context, journey: Journey) -> bool:
        """Before a proof, where the tenant wants it; then also as the journey allows. Never without a channel."""
        settings = await self._host.config.get(context, EmailOtpSettings)
        if not (settings.second if journey.proofs else settings.first is not Place.NEVER):
            return False
        if not await self._host.notify.can(context, ChannelKind.EMAIL):
            return False
        if not journey.is_known:
            return True
        return await self._fits(context, journey)

    async def _fits(self, context: Context, journey: Journey) -> bool:
        """A person who is known: they have a verified address; as a second factor nothing stronger, and no mail before it."""
        if journey.user_id is None or Factor.MAILBOX in _shown(journey):
            return False
        if await self._codes.reachable(context, journey.user_id) is None:
            return False
        enrolled = await self._host.credentials.summaries(context, journey.user_id) if journey.proofs else ()
        return not any(one.second for one in enrolled)

    async def begin(self, context: Context, journey: Journey) -> StepView | Again:
        """The field for the code; the first time, one is sent. The same for every account, existing or not."""
        return await PAGE.begin(journey, lambda: self._codes.send(context, journey))

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused | Again:
        """Judge the code, or send another."""
        refused = await PAGE.complete(
            form,
            lambda: self._codes.send(context, journey),
            lambda typed: self._codes.check(context, journey, typed),
        )
        if refused is not None:
            return refused
        user = await self._codes.reachable(context, journey.user_id)
        if user is None:  # a code that nobody got was guessed
            return Refused(errors={"code": text("email_otp.wrong")})
        return Proven(user_id=user.id, proof=self._proof(journey))

    def _proof(self, journey: Journey) -> Proof:
        factor = Factor.POSSESSION if Factor.KNOWLEDGE in _shown(journey) else Factor.MAILBOX
        return Proof(method=self.name, factors=frozenset({factor}), amr=self.amr, at=self._host.clock.now())


def _shown(journey: Journey) -> frozenset[Factor]:
    return frozenset(factor for proof in journey.proofs for factor in proof.factors)


if TYPE_CHECKING:

    def _proof(host: Host) -> SendingMethod:
        return EmailOtpMethod(host, CodeService(host))
