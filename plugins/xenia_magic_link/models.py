"""A link, and what its page tells of the sign-in that it is for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class Ticket(msgspec.Struct, frozen=True):
    """Which link of which journey. The journey remembers its newest; an older one leads nowhere."""

    journey: UUID
    id: UUID


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed in: where to, by whom, in which browser, when. Sealed at rest.

    ``browser`` tells browsers apart and is no secret. ``leads_to`` is the origin that the sign-in ends at, which the page's
    policy must name.
    """

    browser: str
    who: str
    place: str
    device: str
    at: datetime
    leads_to: str = ""


class Link(msgspec.Struct, frozen=True):
    """A link that lives. ``is_open`` until somebody approved it, or guessed at its number too often."""

    ticket: Ticket
    about: About
    is_open: bool
