"""How long tokens live."""

from __future__ import annotations

from datetime import timedelta

import msgspec


class TokenTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Lifetimes of tokens.

    ``access`` is the default, ``access_longest`` the most a signed one gets: the revocation log remembers longer than
    that. ``refresh_absolute`` is a family's whole life, ``refresh_idle`` the longest pause between two uses,
    ``refresh_grace`` how long a lost answer may be asked for again.
    """

    access: timedelta = timedelta(minutes=5)
    access_longest: timedelta = timedelta(minutes=9)
    refresh_absolute: timedelta = timedelta(days=30)
    refresh_idle: timedelta = timedelta(days=14)
    refresh_grace: timedelta = timedelta(seconds=10)


class KeyTimes(msgspec.Struct, frozen=True, kw_only=True):
    """The life of a signing key: how long it signs, how long before that it is published, how long after it is trusted.

    ``published_ahead`` is longer than anybody keeps a key set, ``trusted_after`` longer than any token lives.
    """

    signs: timedelta = timedelta(days=90)
    published_ahead: timedelta = timedelta(days=1)
    trusted_after: timedelta = timedelta(days=30)
