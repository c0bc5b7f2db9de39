"""What a tenant may decide about codes by mail: section ``[plugins.email_otp]`` of its document."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Minutes = Annotated[int, Meta(ge=3, le=10)]
Tries = Annotated[int, Meta(ge=3, le=10)]
Seconds = Annotated[int, Meta(ge=15, le=300)]
Mails = Annotated[int, Meta(ge=1, le=10)]


class Place(StrEnum):
    """Whether a code may be the first proof: never, among others, or before all others."""

    NEVER = "never"
    OFFERED = "offered"
    PREFERRED = "preferred"


class EmailOtpSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where in a sign-in a code by mail may stand, how long it lives and how often one is sent.

    Ten minutes are the most that OWASP ASVS 6.5.5 and NIST SP 800-63B-4 section 3.1.3 allow.
    """

    first: Annotated[
        Place, Meta(description="As the first proof: `never`, `offered` beside other ways, or `preferred` to them.")
    ] = Place.OFFERED
    second: Annotated[
        bool, Meta(description="As a second factor too, for people who have enrolled none. Weaker than any other.")
    ] = False
    minutes: Annotated[Minutes, Meta(description="How many minutes a code works.")] = 10
    attempts: Annotated[Tries, Meta(description="How often a code may be tried.")] = 5
    resend_seconds: Annotated[Seconds, Meta(description="After how many seconds another code may be asked for.")] = 30
    most_mails: Annotated[Mails, Meta(description="How many codes one sign-in may ask for.")] = 5
