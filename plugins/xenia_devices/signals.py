"""What devices tell of a sign-in's risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import Context, LoginAttempt, Observation, RiskSignal, text
from xenia_devices.service import DeviceService


class NewDevice:
    """A browser that this person never signed in with."""

    name = "new_device"

    def __init__(self, devices: DeviceService) -> None:
        self._devices = devices

    async def observe(self, context: Context, attempt: LoginAttempt) -> Observation | None:
        """0 for a known one, 0.5 for a first device ever, 1 for another than those that are known."""
        known = await self._devices.look(context, attempt.user_id)
        score = 0.0 if known.device else 1.0 if known.others else 0.5
        facts: dict[str, str | int | float | bool] = {"known": known.device, "others": known.others}
        return Observation(score=score, reason=text("devices.signal.device"), facts=facts)


class NewNetwork:
    """A known browser in a network where it wasn't used before."""

    name = "new_network"

    def __init__(self, devices: DeviceService) -> None:
        self._devices = devices

    async def observe(self, context: Context, attempt: LoginAttempt) -> Observation | None:
        """Nothing to say of a new device: that is told by the other signal."""
        known = await self._devices.look(context, attempt.user_id)
        if not known.device:
            return None
        score = 0.0 if known.network else 1.0
        return Observation(score=score, reason=text("devices.signal.network"), facts={"known": known.network})


if TYPE_CHECKING:

    def _proof(devices: DeviceService) -> tuple[RiskSignal, ...]:
        return NewDevice(devices), NewNetwork(devices)
