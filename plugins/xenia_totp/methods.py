"""Proving who one is by an app's code, or by a recovery code. Neither may come first."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import AuthMethod, Context, Factor, Form, Host, Journey, Proof, Proven, Refused, StepView, text
from xenia_totp.recovery import RecoveryCodes
from xenia_totp.service import TotpService
from xenia_totp.views import code_view, recovery_view

POSSESSION = frozenset({Factor.POSSESSION})


class TotpMethod:
    """Something one has (RFC 8176: ``otp``)."""

    name = "totp"
    factors = POSSESSION
    amr: tuple[str, ...] = ("otp",)
    primary = False
    label = text("totp.label")
    icon = "phone"

    def __init__(self, host: Host, apps: TotpService) -> None:
        self._host = host
        self._apps = apps

    async def available(self, context: Context, journey: Journey) -> bool:
        """To a person who is known by a proof or a session, and has an app."""
        return journey.is_known and await self._apps.has_one(context, journey.user_id)

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """Asks for the code."""
        return code_view()

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused:
        """Compare with the steps around now, and use the step up."""
        typed = _typed(form)
        if not typed:
            return Refused(errors={"code": text("totp.missing")}, counts=False)
        spent = await self._apps.spend(context, journey.user_id, typed) if journey.user_id else None
        return _judged(self._host, self, journey, spent is not None, "totp.wrong", spent)


class RecoveryMethod:
    """A code from the list, once. RFC 8176 has no value of its own for look-up secrets; they are one-time passwords (RFC 4949): ``otp``."""

    name = "recovery_code"
    factors = POSSESSION
    amr: tuple[str, ...] = ("otp",)
    primary = False
    label = text("totp.recovery.label")
    icon = "key"

    def __init__(self, host: Host, codes: RecoveryCodes) -> None:
        self._host = host
        self._codes = codes

    async def available(self, context: Context, journey: Journey) -> bool:
        """To a person who is known by a proof or a session, and has codes left."""
        if not journey.is_known or journey.user_id is None:
            return False
        return await self._codes.left(context, journey.user_id) > 0

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """Asks for a code."""
        return recovery_view()

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused:
        """Verify it and use it up."""
        typed = _typed(form)
        if not typed:
            return Refused(errors={"code": text("totp.missing")}, counts=False)
        spent = await self._codes.spend(context, journey.user_id, typed) if journey.user_id else None
        return _judged(self._host, self, journey, spent is not None, "totp.recovery.wrong")


def _typed(form: Form) -> str:
    typed = form.get("code")
    return typed.strip()[:100] if isinstance(typed, str) else ""


def _judged(
    host: Host, method: AuthMethod, journey: Journey, right: bool, wrong: str, credential: UUID | None = None
) -> Proven | Refused:
    """``credential`` must still be there when the session begins, so a code that is spent names none."""
    if not right or journey.user_id is None:
        return Refused(errors={"code": text(wrong)})
    at = host.clock.now()
    proof = Proof(method=method.name, factors=method.factors, amr=method.amr, at=at, credential=credential)
    return Proven(user_id=journey.user_id, proof=proof)


if TYPE_CHECKING:

    def _proof(host: Host) -> tuple[AuthMethod, ...]:
        return TotpMethod(host, TotpService(host)), RecoveryMethod(host, RecoveryCodes(host))
