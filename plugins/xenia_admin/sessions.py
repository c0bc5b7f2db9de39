"""Who is signed in to the console, in which browser: known by a secret in a cookie, of which only the hash is stored.
The ID token that it was begun with is sealed: it goes back to the provider when the browser signs out, and to nobody else.

Statements: ``begin`` 2, ``seen`` 1, ``end`` 1, each under the scoped role of the tenant ``system``.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from uuid import UUID

import msgspec

from xenia.api import SYSTEM_TENANT, Context, Host
from xenia_admin import tables
from xenia_admin.settings import AdminSettings

SYSTEM = Context(tenant=SYSTEM_TENANT)
_LONGEST = 100
_PURPOSE = "console ID token"


class ConsoleSession(msgspec.Struct, frozen=True):
    """One browser. It stands on ``session_id``, a session of the tenant ``system``."""

    user_id: UUID
    session_id: UUID


class ConsoleBrowsers:
    """The browsers that are signed in to the console."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def begin(self, user_id: UUID, session_id: UUID, id_token: str) -> str:
        """Begin a session; the cookie's secret."""
        secret = secrets.token_urlsafe(32)
        times = await self._host.config.get(SYSTEM, AdminSettings)
        sealed = await self._host.sealing.seal(SYSTEM, _PURPOSE, digest(secret).hex(), id_token.encode())
        row = (
            digest(secret),
            user_id,
            session_id,
            base64.b64encode(sealed).decode(),
            times.idle_seconds,
            times.absolute_seconds,
        )
        async with self._host.store(SYSTEM) as store:
            await store.execute(tables.FORGET_EXPIRED, SYSTEM_TENANT)
            await store.execute(tables.BEGIN, SYSTEM_TENANT, *row)
        return secret

    async def seen(self, secret: str) -> ConsoleSession | None:
        """The live session behind a cookie's secret; seen now."""
        if not 0 < len(secret) <= _LONGEST:
            return None
        row = await self._host.tables(SYSTEM).fetchrow(tables.SEEN, SYSTEM_TENANT, digest(secret))
        return ConsoleSession(row["user_id"], row["session_id"]) if row else None

    async def end(self, secret: str) -> str:
        """End it; the ID token that it was begun with (``""`` = there was none)."""
        stored = await self._host.tables(SYSTEM).fetchval(tables.END, SYSTEM_TENANT, digest(secret))
        if not stored or "." in stored:  # nothing, or one of before they were sealed
            return ""
        opened = await self._host.sealing.open(SYSTEM, _PURPOSE, digest(secret).hex(), base64.b64decode(stored))
        return opened.decode()


def digest(secret: str) -> bytes:
    """How a secret of full entropy is stored."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
