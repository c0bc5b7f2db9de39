"""The step of a journey that proves an e-mail address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import (
    Again,
    Claimed,
    Context,
    Done,
    Form,
    Goal,
    Host,
    IdentifierKind,
    Journey,
    Refused,
    SignInSettings,
    StepKind,
    StepView,
    Text,
    text,
)
from xenia_mail.verification import Target, Verification
from xenia_mail.views import code_view

RESEND = "resend"
APPROVED = "approved"


class VerifyEmail:
    """Needed before an account is made with an address nobody proved, and for a person whose address never was.

    Nothing tells an address with an account from one without: pages, times and limits are the same, only the mail differs.
    """

    name = "verify_email"
    provides = frozenset({"verified_email"})

    def __init__(self, host: Host, verification: Verification) -> None:
        self._host = host
        self._verification = verification

    async def needed(self, context: Context, journey: Journey) -> bool:
        """Whether an address waits to be proven, and the tenant wants that."""
        settings = await self._host.config.get(context, SignInSettings)
        return settings.verified_email and await self._address(context, journey) is not None

    async def _address(self, context: Context, journey: Journey) -> str | None:
        """The address to prove. Another person's is never looked at before something was proven."""
        if journey.goal is Goal.SIGN_UP:
            claimed = journey.claimed
            waits = claimed is not None and claimed.kind is IdentifierKind.EMAIL and claimed not in journey.verified
            return claimed.value if claimed is not None and waits else None
        if journey.user_id is None or not journey.proofs:
            return None
        user = await self._host.users.get(context, journey.user_id)
        found = user.identifier(IdentifierKind.EMAIL) if user else None
        return found.value if found is not None and found.verified_at is None else None

    async def show(self, context: Context, journey: Journey) -> StepView | Again:
        """The page that waits for the code. The first time, a mail is sent."""
        target = await self._target(context, journey)
        if journey.remembered(self.name).get("to") == target.address:
            return code_view(target.address)
        wait = await self._verification.send(context, target, taken=_is_taken(journey))
        if wait:
            return code_view(target.address, {"": _wait(wait)})
        return Again(view=code_view(target.address), remember={"to": target.address})

    async def submit(self, context: Context, journey: Journey, form: Form) -> Done | Refused | Again:
        """Judge a code, look for a confirmed link, or send another mail."""
        target = await self._target(context, journey)
        match form.get("action", ""):
            case "resend":
                return await self._resend(context, journey, target)
            case "approved":
                problem = await self._approved(context, target)
                field = ""
            case _:
                problem = await self._verification.check(context, target, form.get("code", ""))
                field = "code"
        if problem is None and _is_taken(journey):
            problem = text("mail.verify.wrong")
        if problem is not None:
            return Refused(errors={field: problem})
        return await self._done(context, journey, target)

    async def _resend(self, context: Context, journey: Journey, target: Target) -> Refused | Again:
        wait = await self._verification.send(context, target, taken=_is_taken(journey))
        if wait:
            return Refused(errors={"": _wait(wait)}, counts=False)
        return Again(view=code_view(target.address, sent_again=True), remember={"to": target.address})

    async def _approved(self, context: Context, target: Target) -> Text | None:
        return None if await self._verification.take_approval(context, target) else text("mail.verify.not_yet")

    async def _done(self, context: Context, journey: Journey, target: Target) -> Done:
        """A sign-up's address is stored with the account that it will make, a person's at once."""
        if journey.goal is not Goal.SIGN_UP and journey.user_id is not None:
            await self._host.users.verify_identifier(context, journey.user_id, IdentifierKind.EMAIL, target.address)
        return Done(verified=(Claimed(IdentifierKind.EMAIL, target.address),))

    async def _target(self, context: Context, journey: Journey) -> Target:
        return Target(journey.id, await self._address(context, journey) or "")


def _is_taken(journey: Journey) -> bool:
    return journey.draft is not None and journey.draft.taken


def _wait(seconds: int) -> Text:
    return text("mail.verify.wait", count=seconds)


if TYPE_CHECKING:
    _: type[StepKind] = VerifyEmail
