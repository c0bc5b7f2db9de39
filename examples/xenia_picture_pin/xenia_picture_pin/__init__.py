"""Picture PINs: a sequence of pictures as a second step of the sign-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from litestar.handlers import BaseRouteHandler

from xenia.api import (
    AuthMethod,
    Context,
    Enrolment,
    Host,
    Journey,
    Manifest,
    NavItem,
    Need,
    NeedKind,
    PersonalData,
    Sentences,
    hookimpl,
    read_locales,
    text,
)
from xenia_picture_pin.enrolment import PicturePinEnrolment
from xenia_picture_pin.method import PicturePinMethod
from xenia_picture_pin.personal_data import personal_data
from xenia_picture_pin.routes import routes
from xenia_picture_pin.service import PLUGIN, PicturePins

manifest = Manifest(name=PLUGIN, title=text("picture_pin.label"), summary=text("picture_pin.summary"))


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_enrolments(host: Host) -> Sequence[Enrolment]:
    return (PicturePinEnrolment(PicturePins(host)),)


@hookimpl
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    return (PicturePinMethod(host, PicturePins(host)),)


@hookimpl
async def plan_journey(host: Host, context: Context, journey: Journey) -> Sequence[Need] | None:
    if not await PicturePins(host).is_due(context, journey):
        return None
    return (Need(kind=NeedKind.PROVE, any_of=(PLUGIN,), reason="a picture PIN is set"),)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return routes(PicturePins(host))


@hookimpl
def nav_items(area: str) -> Sequence[NavItem]:
    if area != "account":
        return ()
    return (NavItem(area="account", href="/account/picture-pin", label=text("picture_pin.label"), icon="key"),)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host.credentials),)
