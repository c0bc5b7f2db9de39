"""Waking a device: the tenant's relay is told a device's own token and the id of a request, and nothing of anybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from xenia.api import Context, Host, Job, Unavailable, UserStatus, log
from xenia_push.challenges import WAKE, Challenges
from xenia_push.devices import Devices
from xenia_push.settings import PushSettings

TIMEOUT = 5.0
ATTEMPTS = 3


class Relay:
    """Calls the relay. It works without one: an app that is open asks by itself."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._devices = Devices(host)
        self._challenges = Challenges(host)

    def job(self) -> Job:
        """The kind of work this is. A request lives for two minutes: nobody tries for long."""
        return Job(name=WAKE, run=self.wake, attempts=ATTEMPTS)

    async def wake(self, context: Context, data: dict[str, Any]) -> None:
        """Wake every device of a person, while their request is open. Raises ``Unavailable`` to be tried again."""
        settings = await self._host.config.get(context, PushSettings)
        if not settings.relay_url or not await self._challenges.is_open(context, UUID(data["challenge"])):
            return
        failed = [
            token
            for token in await self._tokens(context, data["user"])
            if not await self._called(context, settings, {"device_token": token, "id": data["challenge"]})
        ]
        if failed:
            raise Unavailable(f"the relay failed for {len(failed)} devices")

    async def _tokens(self, context: Context, user: str) -> Sequence[str]:
        """How the person's devices are woken; nobody's where there is no such person."""
        found = await self._host.users.get(context, UUID(user)) if user else None
        if found is None or found.status is not UserStatus.ACTIVE:
            return ()
        return [
            one.stored.push_token for one in await self._devices.of_user(context, found.id) if one.stored.push_token
        ]

    async def _called(self, context: Context, settings: PushSettings, said: dict[str, str]) -> bool:
        """Whether there is nothing to try again: it took the call, or it will never."""
        secret = settings.relay_secret.reveal()
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        try:
            async with self._host.dialer.http_client(timeout=TIMEOUT) as client:
                answer = await client.post(settings.relay_url, json=said, headers=headers)
        except Unavailable as problem:
            log.warning("push_relay_away", tenant=context.tenant, problem=problem.detail)
            return False
        if answer.status_code >= 500 or answer.status_code == 429:
            return False
        if not answer.is_success:
            log.warning("push_relay_refused", tenant=context.tenant, status=answer.status_code)
        return True
