"""What a tenant may decide about passwords: section ``[plugins.password]`` of its document."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Length = Annotated[int, Meta(ge=8, le=64)]
LongerLength = Annotated[int, Meta(ge=8, le=128)]
MostLength = Annotated[int, Meta(ge=64, le=1024)]
Minutes = Annotated[int, Meta(ge=5, le=60)]


class PasswordSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The policy for new passwords (NIST SP 800-63B-4 section 3.1.1.2) and the life of a reset link.

    Lengths are in code points of the form that is hashed.
    """

    min_length: Annotated[Length, Meta(description="Characters at least, beside a second factor.")] = 8
    min_length_alone: Annotated[LongerLength, Meta(description="Characters at least, without a second factor.")] = 15
    max_length: Annotated[MostLength, Meta(description="Characters at most.")] = 256
    common: Annotated[bool, Meta(description="Refuse what is easy to guess.")] = True
    context_words: Annotated[
        bool, Meta(description="Names of the person, the tenant and the application count nothing.")
    ] = True
    reset_minutes: Annotated[Minutes, Meta(description="How many minutes a link to reset a password works.")] = 30
