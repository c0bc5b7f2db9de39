"""What a tenant may decide about links by mail: section ``[plugins.magic_link]`` of its document."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Minutes = Annotated[int, Meta(ge=3, le=10)]
Seconds = Annotated[int, Meta(ge=15, le=300)]
Mails = Annotated[int, Meta(ge=1, le=10)]


class Place(StrEnum):
    """Whether a link may be the first proof: never, among others, or before all others."""

    NEVER = "never"
    OFFERED = "offered"
    PREFERRED = "preferred"


class MagicLinkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether links are offered, how long one works, how often one is sent, and where it may be opened.

    Ten minutes are the most that OWASP ASVS 6.5.5 allows.
    """

    first: Annotated[
        Place, Meta(description="As the first proof: `never`, `offered` beside other ways, or `preferred` to them.")
    ] = Place.OFFERED
    other_devices: Annotated[
        bool,
        Meta(description="A link opened in another browser may let the first one go on, by the number shown there."),
    ] = True
    minutes: Annotated[Minutes, Meta(description="How many minutes a link works.")] = 10
    resend_seconds: Annotated[Seconds, Meta(description="After how many seconds another link may be asked for.")] = 30
    most_mails: Annotated[Mails, Meta(description="How many links one sign-in may ask for.")] = 5
