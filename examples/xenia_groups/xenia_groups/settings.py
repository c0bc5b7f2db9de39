"""What a tenant may decide: section ``[plugins.groups]`` of its document, and a form in the console."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=64)]


class GroupsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which groups are asked for more."""

    second_factor: Annotated[tuple[Name, ...], Meta(description="Groups that sign in with a second factor.")] = ()
