"""The check of passwords: new ones wherever they are chosen, and those that are used to sign in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xenia.api import Context, Host, NewEvent, Object, PasswordWatch, Text, log, text
from xenia_breached.errors import CantTell
from xenia_breached.lookup import Lookup
from xenia_breached.settings import BreachedSettings, Unknown

LEAKED = text("breached.leaked")


class LeakedCheck:
    """Refuses a password that is known from a leak (NIST SP 800-63B-4 section 3.1.1.2, OWASP ASVS 6.2.12)."""

    name = "breached.leaked"

    def __init__(self, host: Host, lookup: Lookup) -> None:
        self._host = host
        self._lookup = lookup

    async def check(self, context: Context, password: str, words: Sequence[str]) -> Text | None:
        """Judge a new one. What nobody can look up now passes, on record, or is refused where the tenant wants that."""
        settings = await self._host.config.get(context, BreachedSettings)
        try:
            return LEAKED if await self._lookup.is_leaked(settings, password) else None
        except CantTell as problem:
            log.warning("password_not_looked_up", tenant=context.tenant, problem=str(problem))
        if settings.unknown is Unknown.REFUSE:
            return text("breached.unknown")
        await self._record_unchecked(context)
        return None

    async def at_sign_in(self, context: Context, password: str) -> Text | None:
        """Judge one that was just proven. Whatever can't be told keeps nobody out."""
        settings = await self._host.config.get(context, BreachedSettings)
        if not settings.at_sign_in:
            return None
        try:
            return text("breached.change") if await self._lookup.is_leaked(settings, password) else None
        except CantTell as problem:
            log.info("password_not_looked_up", tenant=context.tenant, problem=str(problem))
            return None

    async def _record_unchecked(self, context: Context) -> None:
        event = NewEvent(type="breached.not_looked_up", object=Object("tenant", context.tenant))
        async with self._host.transaction():
            await self._host.events.record(context, event)


if TYPE_CHECKING:

    def _proof(host: Host) -> PasswordWatch:
        return LeakedCheck(host, Lookup(host))
