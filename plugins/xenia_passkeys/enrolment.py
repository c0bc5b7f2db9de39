"""Getting a passkey or a security key, on the account's security page, in a sign-up, or where a second factor is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import Context, Enrolled, Enrolment, Form, Host, Journey, Refused, StepView, text
from xenia_passkeys.audit import refused
from xenia_passkeys.errors import NotAccepted
from xenia_passkeys.method import ANSWER
from xenia_passkeys.models import PASSKEY, SECURITY_KEY, Purpose
from xenia_passkeys.proofs import proof_of
from xenia_passkeys.registration import Registration
from xenia_passkeys.views import create_view


class _KeyEnrolment:
    """What both have in common: a new credential."""

    name: str
    second = True
    resists_phishing = True

    def __init__(self, host: Host, registration: Registration) -> None:
        self._host = host
        self._registration = registration

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """A fresh challenge, each time the page is shown."""
        return create_view(self.name, await self._registration.options(context, journey, self.name))

    async def complete(self, context: Context, journey: Journey, form: Form) -> Enrolled | Refused:
        """Take in what was made."""
        if not (posted := form.get(ANSWER, "")):
            return Refused(errors={"": text("passkeys.script")}, counts=False)
        try:
            registered = await self._registration.complete(context, journey, self.name, posted)
        except NotAccepted as problem:
            await refused(self._host, context, journey, self.name, Purpose.CREATE, problem)
            return Refused(errors={"": text("passkeys.not_made")}, counts=False)
        proof = proof_of(self.name, registered.made, at=self._host.clock.now())
        return Enrolled(credentials=(registered.credential,), proof=proof)


class PasskeyEnrolment(_KeyEnrolment):
    """Good for a first credential and for any later one."""

    name = PASSKEY
    kind = PASSKEY
    sign_up = True
    label = text("passkeys.label")
    hint = text("passkeys.hint")
    icon = "passkey"


class SecurityKeyEnrolment(_KeyEnrolment):
    """Only beside something else: it needn't know its owner."""

    name = SECURITY_KEY
    kind = SECURITY_KEY
    sign_up = False
    label = text("passkeys.security_key.label")
    hint = text("passkeys.security_key.hint")
    icon = "key"


if TYPE_CHECKING:

    def _proof(host: Host) -> tuple[Enrolment, ...]:
        return PasskeyEnrolment(host, Registration(host)), SecurityKeyEnrolment(host, Registration(host))
