"""Getting an authenticator app, and new recovery codes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import Again, Context, Enrolled, Enrolment, Form, Host, Journey, NewCredential, Refused, StepView, text
from xenia_totp import service
from xenia_totp.codes import matching_step, new_secret
from xenia_totp.recovery import KIND as RECOVERY_CODE
from xenia_totp.recovery import RecoveryCodes
from xenia_totp.service import TotpService
from xenia_totp.settings import TotpSettings
from xenia_totp.views import codes_view, enrol_view, nothing_to_recover_view, remake_view


class TotpEnrolment:
    """Scan, type a first code, keep the recovery codes."""

    name = "totp"
    kind = service.KIND
    second = True
    sign_up = False
    label = text("totp.label")
    hint = text("totp.hint")
    icon = "phone"

    def __init__(self, host: Host, apps: TotpService, codes: RecoveryCodes) -> None:
        self._host = host
        self._apps = apps
        self._codes = codes

    async def begin(self, context: Context, journey: Journey) -> StepView | Again:
        """The picture of a fresh seed; a page that is loaded again shows the same."""
        if secret := _remembered(journey):
            return await self._view(context, journey, secret)
        secret = new_secret()
        return Again(view=await self._view(context, journey, secret), remember={"secret": secret})

    async def complete(self, context: Context, journey: Journey, form: Form) -> Enrolled | Refused | Again:
        """The app must show a right code before anything depends on it."""
        if not (secret := _remembered(journey)):
            return Again()
        step = matching_step(secret, _field(form, "code"), self._host.clock.now())
        if step is None:
            return Refused(errors={"code": text("totp.enrol.wrong")}, counts=False)
        app = self._apps.made(secret, step, _field(form, "label"))
        shown, codes = await self._first_codes(context, journey)
        return Enrolled(credentials=(app, *codes), view=codes_view(shown) if shown else None)

    async def _first_codes(
        self, context: Context, journey: Journey
    ) -> tuple[tuple[str, ...], tuple[NewCredential, ...]]:
        """Recovery codes come with the first app, and with one in place of what was lost; a second one leaves them alone."""
        user_id = journey.user_id
        if user_id is not None and not journey.excused and await self._codes.left(context, user_id):
            return (), ()
        return await self._codes.made(context)

    async def _view(self, context: Context, journey: Journey, secret: str) -> StepView:
        settings = await self._host.config.get(context, TotpSettings)
        tenant = await self._host.tenants.get(context.tenant)
        issuer = settings.issuer or (tenant.title if tenant else context.tenant)
        return enrol_view(secret, issuer=issuer, account=await self._account(context, journey))

    async def _account(self, context: Context, journey: Journey) -> str:
        user = await self._host.users.get(context, journey.user_id) if journey.user_id else None
        if user is not None:
            return user.email or user.name
        return journey.claimed.value if journey.claimed else context.tenant


class RecoveryEnrolment:
    """New recovery codes, which end the old ones."""

    name = "recovery_codes"
    kind = RECOVERY_CODE
    second = False
    sign_up = False
    label = text("totp.codes.label")
    hint = text("totp.codes.hint")
    icon = "key"

    def __init__(self, host: Host, codes: RecoveryCodes) -> None:
        self._host = host
        self._codes = codes

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """Ask before the old ones end; without a second factor there is nothing that codes could stand in for."""
        if journey.user_id is None or not await self._has_second(context, journey.user_id):
            return nothing_to_recover_view()
        return remake_view(await self._codes.left(context, journey.user_id))

    async def complete(self, context: Context, journey: Journey, form: Form) -> Enrolled | Refused:
        """Make them, and show them once."""
        if journey.user_id is None or not await self._has_second(context, journey.user_id):
            return Refused(errors={"": text("totp.remake.nothing")}, counts=False)
        shown, rows = await self._codes.made(context)
        return Enrolled(credentials=rows, view=codes_view(shown))

    async def _has_second(self, context: Context, user_id: UUID) -> bool:
        return any(one.second for one in await self._host.credentials.summaries(context, user_id))


def _remembered(journey: Journey) -> str:
    return str(journey.remembered(TotpEnrolment.name).get("secret", ""))


def _field(form: Form, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


if TYPE_CHECKING:

    def _proof(host: Host) -> tuple[Enrolment, ...]:
        return TotpEnrolment(host, TotpService(host), RecoveryCodes(host)), RecoveryEnrolment(host, RecoveryCodes(host))
