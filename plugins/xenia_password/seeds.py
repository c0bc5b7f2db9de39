"""Passwords that an operator gives in a tenant document, for development and tests."""

from __future__ import annotations

from uuid import UUID

from xenia.api import Context, Host
from xenia_password.service import KIND, PasswordService


class Seeder:
    """Stores seeded passwords. The operator's word counts: the policy isn't asked."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._passwords = PasswordService(host)

    async def seed(self, context: Context, user_id: UUID, kind: str, value: str) -> bool | None:
        """``None`` for another kind; ``True`` once ``value`` is the user's password, untouched where it was already."""
        if kind != KIND:
            return None
        if not value:
            return False
        if await self._passwords.verify(context, user_id, value) is None:
            await self._host.credentials.add(context, user_id, await self._passwords.made(value))
        return True
