"""Terms: a step of every journey until they were accepted, and a reason to ask again when they change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from xenia.api import (
    Action,
    Again,
    Context,
    Done,
    Field,
    FieldKind,
    Form,
    Host,
    Journey,
    Manifest,
    Refused,
    StepKind,
    StepView,
    hookimpl,
    literal,
)


class ConsentSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The version that is in force; 0 = there are no terms."""

    version: int = 0


manifest = Manifest(
    name="consent", title=literal("Terms"), summary=literal("Terms to be accepted."), settings=ConsentSettings
)


class Terms:
    """Accept the terms."""

    name = "terms"
    provides = frozenset({"terms"})

    def __init__(self, host: Host) -> None:
        self._host = host

    async def needed(self, context: Context, journey: Journey) -> bool:
        """Until the version in force was accepted."""
        wanted = (await self._host.config.get(context, ConsentSettings)).version
        user = await self._host.users.get(context, journey.user_id) if journey.user_id else None
        return wanted > 0 and (user is None or user.attributes.get("terms_version") != wanted)

    async def show(self, context: Context, journey: Journey) -> StepView | Again:
        """The question."""
        box = Field(name="accept", label=literal("I accept the terms."), kind=FieldKind.CHECKBOX)
        return StepView(
            step=self.name, title=literal("Terms"), fields=(box,), actions=(Action(label=literal("Continue")),)
        )

    async def submit(self, context: Context, journey: Journey, form: Form) -> Done | Refused | Again:
        """The answer."""
        if not form.get("accept"):
            return Refused(errors={"accept": literal("They must be accepted.")}, counts=False)
        return Done(attributes={"terms_version": (await self._host.config.get(context, ConsentSettings)).version})


@hookimpl
def register_journey_steps(host: Host) -> Sequence[StepKind]:
    return (Terms(host),)


if TYPE_CHECKING:

    def _proof(host: Host) -> StepKind:
        return Terms(host)
