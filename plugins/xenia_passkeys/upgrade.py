"""The step that offers a passkey after a password: made by the browser itself where it does that, else by one button."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from xenia.api import Context, Done, Form, Goal, Host, Journey, QuestionStep, Refused, StepView, text
from xenia_passkeys.audit import refused
from xenia_passkeys.errors import NotAccepted
from xenia_passkeys.method import ANSWER
from xenia_passkeys.models import OFFER, PASSKEY, Purpose
from xenia_passkeys.registration import Registration
from xenia_passkeys.settings import PasskeysSettings
from xenia_passkeys.store import Records
from xenia_passkeys.views import LATER, NEVER, UNABLE, upgrade_view

ABLE = "passkey"
"""What a browser says of itself where its device can keep passkeys (``Journey.can``)."""


class Upgrade:
    """Offered to who signed in with a password, in a browser that can, and has no passkey yet. Never demanded."""

    name = "passkey_upgrade"
    provides: frozenset[str] = frozenset()
    question = True

    def __init__(self, host: Host, registration: Registration) -> None:
        self._host = host
        self._registration = registration
        self._records = Records(host)

    async def needed(self, context: Context, journey: Journey) -> bool:
        """Cheap things first: most sign-ins end at one of them."""
        user_id = journey.user_id
        if user_id is None or journey.goal is not Goal.SIGN_IN or ABLE not in journey.can:
            return False
        if not any("pwd" in proof.amr for proof in journey.proofs):
            return False
        return await self._is_wanted(context, user_id)

    async def _is_wanted(self, context: Context, user_id: UUID) -> bool:
        settings = await self._host.config.get(context, PasskeysSettings)
        if not settings.upgrade or await self._records.has_one(context, user_id, PASSKEY):
            return False
        return not await self._host.snoozes.sleeps(context, user_id, OFFER)

    async def show(self, context: Context, journey: Journey) -> StepView:
        """Two challenges: one for the button, one for a browser that makes the passkey without asking."""
        options = await self._registration.options(context, journey, PASSKEY)
        automatic = await self._registration.options(context, journey, PASSKEY, automatic=True)
        return upgrade_view(options, automatic)

    async def submit(self, context: Context, journey: Journey, form: Form) -> Done | Refused:
        """Take in a passkey, or go on without."""
        if (action := form.get("action", "")) in (LATER, NEVER, UNABLE):
            await self._put_off(context, journey.user_id, action)
            return Done()
        if not (posted := form.get(ANSWER, "")):
            return Refused(errors={"": text("passkeys.script")}, counts=False)
        try:
            registered = await self._registration.complete(context, journey, PASSKEY, posted)
        except NotAccepted as problem:
            await refused(self._host, context, journey, PASSKEY, Purpose.CREATE, problem)
            return Refused(errors={"": text("passkeys.not_made")}, counts=False)
        # Nobody was told that the password alone won't do from now on, so it still does.
        return Done(credentials=(msgspec.structs.replace(registered.credential, second=False),))

    async def _put_off(self, context: Context, user_id: UUID | None, action: str) -> None:
        if user_id is None:
            return
        if action == NEVER:
            await self._host.snoozes.never(context, user_id, OFFER)
        elif action == LATER:
            settings = await self._host.config.get(context, PasskeysSettings)
            await self._host.snoozes.put_off(context, user_id, OFFER, settings.snooze_days)


if TYPE_CHECKING:

    def _proof(host: Host) -> QuestionStep:
        return Upgrade(host, Registration(host))
