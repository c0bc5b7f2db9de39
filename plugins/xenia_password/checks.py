"""The checks of new passwords that come with this plugin. Others (leaked passwords) are contributed the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xenia.api import Context, Host, PasswordCheck, Text, text
from xenia_password.settings import PasswordSettings
from xenia_password.strength import ENOUGH, effort


class CommonCheck:
    """Refuses what is tried first: common passwords, rows of keys, sequences, and little more than that."""

    name = "password.common"

    def __init__(self, host: Host) -> None:
        self._host = host

    async def check(self, context: Context, password: str, words: Sequence[str]) -> Text | None:
        """Whether too little is left to guess."""
        settings = await self._host.config.get(context, PasswordSettings)
        return text("password.common") if settings.common and effort(password) < ENOUGH else None


class ContextCheck:
    """Refuses what is made of names that a stranger knows: the person's, the tenant's, the application's."""

    name = "password.context"

    def __init__(self, host: Host) -> None:
        self._host = host

    async def check(self, context: Context, password: str, words: Sequence[str]) -> Text | None:
        """Whether too little is left to guess for somebody who knows ``words``."""
        settings = await self._host.config.get(context, PasswordSettings)
        if not settings.context_words or not words:
            return None
        return text("password.context") if effort(password, frozenset(words)) < ENOUGH else None


if TYPE_CHECKING:

    def _proof(host: Host) -> tuple[PasswordCheck, ...]:
        return CommonCheck(host), ContextCheck(host)
