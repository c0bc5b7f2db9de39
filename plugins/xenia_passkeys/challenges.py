"""Challenges: each is a one-time secret of the core, so that any number of answers to one has one that counts.

The bytes that go to the authenticator are the secret itself (256 random bits). What it was issued for lies with it in the
database; it is spent before anything of the answer is verified, and lives five minutes (section 15.1).
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from xenia.api import Context, Host
from xenia_passkeys.answers import Assertion, Creation, client_data, octets
from xenia_passkeys.errors import NotAccepted
from xenia_passkeys.models import Ceremony

KIND = "webauthn"
LIFETIME = timedelta(minutes=5)


class Challenges:
    """The challenges of all tenants."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def issue(self, context: Context, ceremony: Ceremony) -> bytes:
        """A fresh challenge for one ceremony."""
        data = msgspec.msgpack.encode(ceremony)
        return (await self._host.one_time.issue(context.tenant, KIND, data, LIFETIME)).encode()

    async def spend(self, context: Context, answer: Creation | Assertion) -> tuple[bytes, Ceremony]:
        """The challenge that is answered and what it was for, to exactly one caller. Raises :class:`NotAccepted`."""
        challenge = octets(client_data(answer).challenge)
        found = await self._host.one_time.consume(context.tenant, KIND, challenge.decode("ascii", "replace"))
        if not found:
            raise NotAccepted("challenge")
        return challenge, msgspec.msgpack.decode(found, type=Ceremony)
