"""What is known of a browser, and a device as its owner sees it."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A browser as it looks to one person's account.

    ``device``: this person signed in with it before. ``network``: they did so from this network. ``trusted``: they asked not
    to be asked for a second factor here, and that still holds. ``others``: how many other devices of theirs are known.
    """

    device: bool = False
    network: bool = False
    trusted: bool = False
    asked: bool = False
    others: int = 0


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One device in its owner's list. ``id`` is the browser's digest in hexadecimal."""

    id: str
    user_agent: str
    first_seen: datetime
    last_seen: datetime
    trusted_until: datetime | None
