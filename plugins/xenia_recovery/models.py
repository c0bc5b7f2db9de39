"""A request to do without what was lost."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One that is open: neither used, cancelled nor past. ``lost`` are credentials; ``hours`` are left to wait, rounded up;
    ``is_ripe`` says that the waiting time is over.
    """

    id: UUID
    user_id: UUID
    lost: tuple[UUID, ...]
    asked_at: datetime
    ends_at: datetime
    hours: int
    is_ripe: bool


class Ticket(msgspec.Struct, frozen=True):
    """What a link to cancel stands for."""

    user: UUID
    request: UUID
