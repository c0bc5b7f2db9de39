"""What a tenant may decide about passwords: section ``[plugins.password]`` of its document."""

from __future__ import annotations

from typing import Annotated

import msgspec

Length = Annotated[int, msgspec.Meta(ge=8, le=64)]
LongerLength = Annotated[int, msgspec.Meta(ge=8, le=128)]
MostLength = Annotated[int, msgspec.Meta(ge=64, le=1024)]
Minutes = Annotated[int, msgspec.Meta(ge=5, le=60)]


class PasswordSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The policy for new passwords (NIST SP 800-63B-4 section 3.1.1.2) and the life of a reset link.

    Lengths are in code points: ``min_length`` beside a second factor, ``min_length_alone`` without one. ``common`` refuses
    what is easy to guess, ``context_words`` what is made of names of the person, the tenant or the application.
    """

    min_length: Length = 8
    min_length_alone: LongerLength = 15
    max_length: MostLength = 256
    common: bool = True
    context_words: bool = True
    reset_minutes: Minutes = 30
