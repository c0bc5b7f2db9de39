"""A second factor for who has none: offered after a sign-in, now and then, and never demanded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from xenia.api import (
    Context,
    Host,
    Journey,
    Manifest,
    Need,
    PersonalData,
    Sentences,
    StepKind,
    hookimpl,
    read_locales,
    text,
)
from xenia_nudge.personal_data import personal_data
from xenia_nudge.settings import NudgeSettings
from xenia_nudge.step import OfferSecondFactor, wanted_now

manifest = Manifest(name="nudge", title=text("nudge.title"), summary=text("nudge.summary"), settings=NudgeSettings)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_journey_steps(host: Host) -> Sequence[StepKind]:
    return (OfferSecondFactor(host),)


@hookimpl
async def plan_journey(host: Host, context: Context, journey: Journey) -> Sequence[Need]:
    return await wanted_now(host, context, journey)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)
