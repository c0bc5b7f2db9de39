"""Proving who one is by a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import AuthMethod, Context, Factor, Form, Goal, Host, Journey, Proof, Proven, Refused, StepView, text
from xenia_password.service import PasswordService, must_change
from xenia_password.views import sign_in_view
from xenia_password.watch import Watch, remembered


class PasswordMethod:
    """Something one knows (RFC 8176: ``pwd``). May come first."""

    name = "password"
    factors = frozenset({Factor.KNOWLEDGE})
    amr: tuple[str, ...] = ("pwd",)
    primary = True
    label = text("password.label")
    icon = "key"

    def __init__(self, host: Host, passwords: PasswordService) -> None:
        self._host = host
        self._passwords = passwords
        self._watch = Watch(host)

    async def available(self, context: Context, journey: Journey) -> bool:
        """To everybody who is still unknown; to a person who is known, if they have a password; never to who forgot it."""
        if journey.goal is Goal.RECOVER:
            return False
        if not journey.proofs and journey.goal in (Goal.SIGN_IN, Goal.SIGN_UP):
            return True
        return await self._passwords.current(context, journey.user_id) is not None

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """The same field for every account, existing or not."""
        return sign_in_view()

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused:
        """Verify what was typed. An empty or missing one is no guess, and is never compared with anything."""
        typed = form.get("password")
        if not isinstance(typed, str) or not typed:
            return Refused(errors={"password": text("password.missing")}, counts=False)
        opened = await self._passwords.verify(context, journey.user_id, typed)
        if opened is None:
            return Refused(errors={"password": text("password.wrong")})
        at = self._host.clock.now()
        proof = Proof(method=self.name, factors=self.factors, amr=self.amr, at=at, credential=opened.id)
        asked = text("password.must_change") if must_change(opened) else None
        why = asked or await self._watch.reason(context, opened.user_id, typed)
        return Proven(user_id=opened.user_id, proof=proof, remember=remembered(why))


if TYPE_CHECKING:

    def _proof(host: Host) -> AuthMethod:
        return PasswordMethod(host, PasswordService(host))
