"""The hours in the management API: read, and changed by programs."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from xenia.api import Answer, Call, Input, Noun, checked_settings
from xenia_opening_hours.settings import Hour, HoursSettings


class OpeningHours(Answer, frozen=True, kw_only=True):
    """From when until when people may sign in, in hours of UTC."""

    opens: int
    closes: int


class NewOpeningHours(Input, frozen=True, kw_only=True):
    """The hours as they shall be."""

    opens: Annotated[Hour, Meta(description="The first hour, UTC.")]
    closes: Annotated[Hour, Meta(description="The hour at which it is over, UTC.")]


EXAMPLES = (OpeningHours(opens=8, closes=20), NewOpeningHours(opens=8, closes=20))
hours = Noun("opening-hours", "the opening hours", EXAMPLES)


@hours.get("/opening-hours")
async def get_opening_hours(call: Call) -> OpeningHours:
    """Get the opening hours."""
    return OpeningHours.like(await call.host.config.get(call.context, HoursSettings))


@hours.put("/opening-hours")
async def replace_opening_hours(call: Call, body: NewOpeningHours) -> OpeningHours:
    """Replace the opening hours. Whoever is signed in stays so."""
    settings = await call.host.config.get(call.context, HoursSettings)
    wanted = checked_settings(HoursSettings, msgspec.structs.asdict(settings) | msgspec.structs.asdict(body))
    await call.host.config.put(call.context, HoursSettings, wanted)
    return await get_opening_hours(call)
