"""Proving who one is by a passkey, or by a security key after something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import (
    Again,
    AuthMethod,
    Context,
    DiscoverableMethod,
    Factor,
    Form,
    Goal,
    Host,
    Journey,
    Proven,
    Refused,
    StepView,
    text,
)
from xenia_passkeys.assertions import Assertions
from xenia_passkeys.audit import refused
from xenia_passkeys.errors import NotAccepted
from xenia_passkeys.models import PASSKEY, SECURITY_KEY, Purpose
from xenia_passkeys.proofs import proof_of
from xenia_passkeys.settings import PasskeysSettings
from xenia_passkeys.store import Records
from xenia_passkeys.views import ask_view

ANSWER = "credential"
_BEFORE_A_SESSION = (Goal.SIGN_IN, Goal.SIGN_UP, Goal.RECOVER)


class _KeyMethod:
    """What both have in common: a signature over a challenge."""

    name: str
    amr: tuple[str, ...] = ("hwk", "user")
    guessable = False

    def __init__(self, host: Host, assertions: Assertions) -> None:
        self._host = host
        self._assertions = assertions
        self._records = Records(host)

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """A fresh challenge, each time the page is shown."""
        settings = await self._host.config.get(context, PasskeysSettings)
        options = await self._assertions.options(context, journey, self.name)
        return ask_view(self.name, options, journey, autofill=settings.autofill)

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused | Again:
        """Judge what was signed. Without an answer: the options, for whoever asks beside the field for the identifier."""
        posted = form.get(ANSWER, "")
        if not posted and form.get("action", "").startswith("beside:"):
            return Again(view=await self.begin(context, journey), counts=False)
        if not posted:
            return Refused(errors={"": text("passkeys.script")}, counts=False)
        try:
            record, shown = await self._assertions.complete(context, journey, self.name, posted)
        except NotAccepted as problem:
            await refused(self._host, context, journey, self.name, Purpose.GET, problem)
            return Refused(errors={"": text("passkeys.refused")})
        row, _ = record
        proof = proof_of(self.name, shown, at=self._host.clock.now(), credential=row.id)
        return Proven(user_id=row.user_id, proof=proof)


class PasskeyMethod(_KeyMethod):
    """Something one has, and something one is or knows: with user verification both factors at once. Finds out who it is."""

    name = PASSKEY
    factors = frozenset({Factor.POSSESSION, Factor.INHERENCE})
    primary = True
    discoverable = True
    label = text("passkeys.label")
    icon = "passkey"

    async def available(self, context: Context, journey: Journey) -> bool:
        """To everybody who is still unknown; to a person who is known, if they have one."""
        if not journey.is_known and journey.goal in _BEFORE_A_SESSION:
            return True
        return await self._records.has_one(context, journey.user_id, PASSKEY)


class SecurityKeyMethod(_KeyMethod):
    """Something one has. May not come first: a key that is found needs no knowledge of its owner's."""

    name = SECURITY_KEY
    factors = frozenset({Factor.POSSESSION})
    primary = False
    label = text("passkeys.security_key.label")
    icon = "key"

    async def available(self, context: Context, journey: Journey) -> bool:
        """To a person who is known by a proof or a session, and has one."""
        return journey.is_known and await self._records.has_one(context, journey.user_id, SECURITY_KEY)


if TYPE_CHECKING:

    def _proof(host: Host) -> tuple[DiscoverableMethod, AuthMethod]:
        return PasskeyMethod(host, Assertions(host)), SecurityKeyMethod(host, Assertions(host))
