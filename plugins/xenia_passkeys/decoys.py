"""Credentials that nobody has, for the lists of those who have few or none (WebAuthn level 3 section 14.6.2).

Whoever claims an address is shown a list of always the same length: the account's own passkeys, filled up with ids that
are derived from the address and stay the same as long as it does. Sorted by a keyed digest, it tells neither which are
real nor whether any is.
"""

from __future__ import annotations

from collections.abc import Iterable

from xenia.api import Context, Host

LENGTH = 4
# How long real ids are: those of phones and password managers mostly, of security keys sometimes.
_RECORD_OCTETS = 400
_LENGTHS = (16, 16, 16, 20, 20, 32, 32, 48)


class Decoys:
    """Makes up credentials, the same ones each time."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def filled(self, context: Context, account: str, real: Iterable[bytes]) -> tuple[bytes, ...]:
        """A list of :data:`LENGTH` ids, the real ones (the last of them, where there are more) among them."""
        made = [self._id(context, account, place) for place in range(LENGTH)]
        kept = list(real)[-LENGTH:]
        ids = [*kept, *made[: LENGTH - len(kept)]]
        return tuple(sorted(ids, key=lambda id_: self._digest("order", context, id_.hex())))

    async def even_out(self, context: Context, opened: int) -> None:
        """As much work for who has few as for who has many: opening a record costs what sealing one does."""
        for _ in range(LENGTH - opened):
            await self._host.sealing.seal(context, "passkeys.decoy", "", bytes(_RECORD_OCTETS))

    def _id(self, context: Context, account: str, place: int) -> bytes:
        parts = [self._digest("id", context, account, str(place), half) for half in ("0", "1")]
        length = _LENGTHS[self._digest("length", context, account, str(place))[0] % len(_LENGTHS)]
        return b"".join(parts)[:length]

    def _digest(self, purpose: str, context: Context, *parts: str) -> bytes:
        return self._host.keyed_digest(f"passkeys.decoy.{purpose}", context.tenant, *parts)
