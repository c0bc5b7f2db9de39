"""The page that waits for a code which was sent, whichever way: what it shows, and what is answered to each post."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from xenia.journeys.contracts import Form
from xenia.journeys.models import Again, Journey, Refused
from xenia.messages import Text, text
from xenia.ui import Action, Field, FieldKind, StepView

Send = Callable[[], Awaitable[Text | None]]
"""Sends a code; the sentence to show where that can't be done now."""

Check = Callable[[str], Awaitable[Text | None]]
"""Tries a code; ``None`` = right, and used by this call. The sentence otherwise."""

RESEND = "resend"
SENT: Mapping[str, Any] = {"sent": True}


class CodePage:
    """For methods and enrolments that send a code (:class:`~xenia.security.sent_codes.SentCodes`) and have it typed here.

    Its sentences are ``<words>.title``, ``.lead``, ``.again`` (the lead after another was sent), ``.code``, ``.hint``,
    ``.submit``, ``.resend`` and ``.missing``. What it shows is the same whether or not anybody is there to get a code, as
    long as what ``send`` and ``check`` answer is. ``more`` are other ways out of it; ``values`` are what its leads are filled with.
    """

    def __init__(
        self,
        step: str,
        words: str,
        *,
        icon: str,
        more: tuple[Action, ...] = (),
        values: Mapping[str, str] | None = None,
    ) -> None:
        self._step, self._words, self._values = step, words, dict(values or {})
        self._ways = (Action(name=RESEND, label=text(f"{words}.resend"), icon=icon), *more)

    def view(self, errors: Mapping[str, Text] | None = None, *, sent_again: bool = False) -> StepView:
        """Asks for the code."""
        words = self._words
        code = Field(
            name="code",
            label=text(f"{words}.code"),
            kind=FieldKind.CODE,
            hint=text(f"{words}.hint"),
            autocomplete="one-time-code",
            autofocus=True,
        )
        return StepView(
            step=self._step,
            title=text(f"{words}.title"),
            lead=text(f"{words}.again" if sent_again else f"{words}.lead", **self._values),
            fields=(code,),
            actions=(Action(label=text(f"{words}.submit")),),
            alternatives=self._ways,
            errors=dict(errors or {}),
        )

    async def begin(self, journey: Journey, send: Send) -> StepView | Again:
        """The page; the first time, a code is sent, which the journey remembers."""
        if journey.remembered(self._step).get("sent"):
            return self.view()
        if problem := await send():
            return self.view({"": problem})
        return Again(view=self.view(), remember=dict(SENT))

    async def complete(
        self, form: Form, send: Send, check: Check, *, remember: Mapping[str, Any] = SENT
    ) -> Refused | Again | None:
        """Send another, or judge what was typed: ``None`` where it was right. Another one that was sent has the journey remember."""
        if form.get("action") == RESEND:
            return await self._resend(send, remember)
        typed = "".join(form.get("code", "").split())
        if not typed:
            return Refused(errors={"code": text(f"{self._words}.missing")}, counts=False)
        problem = await check(typed)
        return Refused(errors={"code": problem}) if problem else None

    async def _resend(self, send: Send, remember: Mapping[str, Any]) -> Refused | Again:
        if problem := await send():
            return Refused(errors={"": problem}, counts=False)
        return Again(view=self.view(sent_again=True), remember=dict(remember), counts=False)
