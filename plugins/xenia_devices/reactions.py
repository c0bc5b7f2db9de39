"""What follows on events: a sign-in makes a device known, and a changed way to sign in ends what devices were allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import Context, Event, Subscriber
from xenia_devices.service import DeviceService


class Recognise:
    """After a sign-in the browser is known."""

    name = "devices.recognise"
    types: tuple[str, ...] = ("session.started",)

    def __init__(self, devices: DeviceService) -> None:
        self._devices = devices

    async def handle(self, context: Context, event: Event) -> None:
        """Remember the browser, where the event says which one it was; an erased person's no longer does."""
        told = event.personal
        if event.person is None or not told.get("browser"):
            return
        agent, address = told.get("user_agent", ""), told.get("address", "")
        await self._devices.seen(context, event.person, told["browser"], agent, address, event.at)


class TrustEnds:
    """Whoever changes a password, adds or removes a factor, or is disabled, is asked for everything again on every device."""

    name = "devices.trust_ends"
    types: tuple[str, ...] = ("credential.added", "credential.removed", "user.disabled")

    def __init__(self, devices: DeviceService) -> None:
        self._devices = devices

    async def handle(self, context: Context, event: Event) -> None:
        """End the trust. Doing it twice changes nothing."""
        user = event.data.get("user") or event.object.id
        await self._devices.end_trust(context, UUID(user))


if TYPE_CHECKING:

    def _proof(devices: DeviceService) -> tuple[Subscriber, ...]:
        return Recognise(devices), TrustEnds(devices)
