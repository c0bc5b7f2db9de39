"""What other plugins may use: whether a person is known to use this browser, from this network."""

from __future__ import annotations

from xenia_devices.models import Known
from xenia_devices.service import DeviceService

__all__ = ["DeviceService", "Known"]
