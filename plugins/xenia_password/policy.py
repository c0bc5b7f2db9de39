"""Whether a new password will do: its length first, then every check that is on for the tenant, whoever contributes it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from uuid import UUID

from xenia.api import Context, Host, SignInSettings, Text, text
from xenia_password.settings import PasswordSettings

TWO_FACTORS = frozenset({"aal2", "aal3"})


def normalised(password: str) -> str:
    """The form that is hashed, whichever keyboard typed it (NIST SP 800-63B-4 section 3.1.1.2: NFKC before hashing)."""
    return unicodedata.normalize("NFKC", password)


class Policy:
    """The rules for new passwords of one tenant."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def shortest(self, context: Context, user_id: UUID | None) -> int:
        """The least number of code points: fewer where a second factor stands beside the password."""
        settings = await self._host.config.get(context, PasswordSettings)
        beside = await self._has_second(context, user_id)
        return settings.min_length if beside else max(settings.min_length, settings.min_length_alone)

    async def problem(self, context: Context, user_id: UUID | None, password: str, words: Sequence[str]) -> Text | None:
        """What is wrong with ``password`` (as it was typed), or ``None``."""
        settings = await self._host.config.get(context, PasswordSettings)
        if not password:
            return text("password.missing")
        if len(password) > settings.max_length:
            return text("password.too_long", count=settings.max_length)
        if len(normalised(password)) < (shortest := await self.shortest(context, user_id)):
            return text("password.too_short", count=shortest)
        return await self._judged(context, normalised(password), words)

    async def _judged(self, context: Context, password: str, words: Sequence[str]) -> Text | None:
        for one in await self._host.password_checks(context):
            if problem := await one.check(context, password, words):
                return problem
        return None

    async def _has_second(self, context: Context, user_id: UUID | None) -> bool:
        """Whether a second factor is there already, or the tenant will ask for one."""
        required = (await self._host.config.get(context, SignInSettings)).required_acr
        if required in TWO_FACTORS:
            return True
        return user_id is not None and any(
            one.second for one in await self._host.credentials.summaries(context, user_id)
        )
