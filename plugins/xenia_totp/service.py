"""Authenticator apps of users: verified against the steps around now, each step once and none before the last one used."""

from __future__ import annotations

from uuid import UUID

from xenia.api import Context, Credential, Host, NewCredential
from xenia_totp.codes import matching_step

PLUGIN = KIND = "totp"
LONGEST_LABEL = 64


class TotpService:
    """The seeds of all tenants. Stored is the seed in base 32, sealed by the core."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def has_one(self, context: Context, user_id: UUID | None) -> bool:
        """Whether the user has an app. Opens no seed."""
        if user_id is None:
            return False
        return any(one.kind == KIND for one in await self._host.credentials.summaries(context, user_id))

    async def spend(self, context: Context, user_id: UUID, typed: str) -> UUID | None:
        """The app whose code was typed. A step that was used, or lies before one that was, is refused."""
        for app in await self._host.credentials.of_user(context, user_id, KIND):
            if await self._spent(context, app, typed):
                return app.id
        return None

    async def _spent(self, context: Context, app: Credential, typed: str) -> bool:
        step = matching_step(app.data.decode(), typed, self._host.clock.now())
        return step is not None and await self._host.credentials.advance(context, app.id, step)

    def made(self, secret: str, step: int, label: str) -> NewCredential:
        """A credential whose first step, the one that was shown at enrolment, is used already."""
        return NewCredential(
            plugin=PLUGIN, kind=KIND, data=secret.encode(), label=label[:LONGEST_LABEL], second=True, counter=step
        )
