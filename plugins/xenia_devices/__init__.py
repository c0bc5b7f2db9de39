"""Known devices: tells the browsers that a person signs in with from strangers', and spares them the second factor where they want it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from litestar.handlers import BaseRouteHandler

from xenia.api import (
    NIL_ID,
    Context,
    EventType,
    Host,
    Job,
    Journey,
    Manifest,
    NavItem,
    PersonalData,
    RiskSignal,
    Sentences,
    StepKind,
    Subscriber,
    hookimpl,
    read_locales,
    text,
)
from xenia_devices.jobs import forget_old
from xenia_devices.pages import routes
from xenia_devices.personal_data import personal_data
from xenia_devices.reactions import Recognise, TrustEnds
from xenia_devices.service import DEVICE_FORGOTTEN, DEVICE_TRUSTED, DeviceService
from xenia_devices.settings import DevicesSettings
from xenia_devices.signals import NewDevice, NewNetwork
from xenia_devices.step import RememberDevice

manifest = Manifest(
    name="devices",
    title=text("devices.title"),
    summary=text("devices.summary"),
    settings=DevicesSettings,
    migrations="xenia_devices.piccolo_app",
    default_on=True,
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_events() -> Sequence[EventType]:
    return (
        EventType(DEVICE_TRUSTED, "A person had a device remembered: no second factor is asked for there for a while."),
        EventType(DEVICE_FORGOTTEN, "A person's devices were forgotten."),
    )


@hookimpl
def register_journey_steps(host: Host) -> Sequence[StepKind]:
    return (RememberDevice(host, DeviceService(host)),)


@hookimpl
def register_risk_signals(host: Host) -> Sequence[RiskSignal]:
    devices = DeviceService(host)
    return NewDevice(devices), NewNetwork(devices)


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    devices = DeviceService(host)
    return Recognise(devices), TrustEnds(devices)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return routes(DeviceService(host))


@hookimpl
def register_jobs(host: Host) -> Sequence[Job]:
    return (forget_old(host),)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)


@hookimpl
async def trusts_device(host: Host, context: Context, user_id: UUID) -> bool | None:
    return True if await DeviceService(host).is_trusted(context, user_id) else None


@hookimpl
async def counts_apart(host: Host, context: Context, journey: Journey) -> str | None:
    """A device in a place where its owner used it before: a stranger's failures elsewhere don't lock it out. Nobody's account is
    looked at like anybody's, so that the time tells nothing.
    """
    known = await DeviceService(host).look(context, journey.user_id or NIL_ID)
    return context.source.browser if known.device and known.network else None


@hookimpl
def nav_items(area: str) -> Sequence[NavItem]:
    if area != "account":
        return ()
    return (NavItem(area=area, href="/account/devices", label=text("devices.title"), icon="laptop"),)
