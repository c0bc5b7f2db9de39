"""Getting a password: the first one in a sign-up, another one from the account page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from xenia.api import Context, Enrolled, Enrolment, Form, Goal, Host, Journey, Refused, StepView, text
from xenia_password.policy import Policy
from xenia_password.service import KIND, PasswordService
from xenia_password.views import choose_view
from xenia_password.words import words_of_journey


class PasswordEnrolment:
    """Choosing a password. No confirmation field (it can be shown instead), no composition rules, no limit on pasting."""

    name = "password"
    kind = KIND
    second = False
    sign_up = True
    label = text("password.label")
    hint = text("password.enrol.hint")
    icon = "key"

    def __init__(self, host: Host, passwords: PasswordService, policy: Policy) -> None:
        self._host = host
        self._passwords = passwords
        self._policy = policy

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """The field, with the rules that hold for this account."""
        replacing = journey.user_id is not None and await self._passwords.current(context, journey.user_id) is not None
        return choose_view(await self._policy.shortest(context, journey.user_id), replacing=replacing)

    async def complete(self, context: Context, journey: Journey, form: Form) -> Enrolled | Refused:
        """Judge it by the policy and hand over its hash. Other sessions end in the transaction that stores it."""
        typed = form.get("password")
        typed = typed if isinstance(typed, str) else ""
        words = await words_of_journey(self._host, context, journey)
        if problem := await self._policy.problem(context, journey.user_id, typed, words):
            return Refused(errors={"password": problem}, counts=False)
        if journey.remembered(self.name).get("change") and await self._is_the_same(context, journey, typed):
            return Refused(errors={"password": text("password.same")}, counts=False)
        made = await self._passwords.made(typed)
        how = "reset" if journey.goal is Goal.RECOVER else "account" if journey.session_id else "sign_in"
        then = partial(self._passwords.replaced, keep=journey.session_id, how=how)
        return Enrolled(credentials=(made,), stored=None if journey.draft else then)

    async def _is_the_same(self, context: Context, journey: Journey, typed: str) -> bool:
        """Whether what must be changed is chosen once more."""
        return await self._passwords.verify(context, journey.user_id, typed) is not None


if TYPE_CHECKING:

    def _proof(host: Host) -> Enrolment:
        return PasswordEnrolment(host, PasswordService(host), Policy(host))
