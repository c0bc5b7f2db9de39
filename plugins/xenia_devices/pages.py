"""The account's page of devices: which are known, which are remembered, and a way to forget them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import get, post
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import (
    Context,
    NotFound,
    NotSignedIn,
    Page,
    Redirect,
    Session,
    Text,
    context_of,
    device_of,
    literal,
    path_below,
    signed_in,
    state_of,
    text,
)
from xenia_devices.models import Device
from xenia_devices.service import DeviceService

PATH = "/account/devices"
_DIGEST = re.compile(r"[0-9a-f]{64}")

Ask = Request[Any, Any, Any]


def routes(devices: DeviceService) -> Sequence[BaseRouteHandler]:
    """The list, and forgetting one or all."""

    @get(PATH, opt={"guard": signed_in()})
    async def show(request: Ask) -> Response[Any]:
        """Every device that is known, this one marked."""
        context, session = _who(request)
        known = await devices.of_user(context, session.user_id)
        data = {
            "devices": [_row(context, one) for one in known],
            "forget_all": f"{PATH}/forget" if known else "",
            "message": text("devices.done") if "done" in request.query_params else None,
        }
        return Page("devices/list.html", data, title=text("devices.title"))

    @get(f"{PATH}/forget", opt={"guard": signed_in()})
    async def ask_all(request: Ask) -> Response[Any]:
        """Ask before all of them go."""
        context, session = _who(request)
        rows = [_fact(one) for one in await devices.of_user(context, session.user_id)]
        data = {
            "lead": text("devices.forget_all_lead"),
            "label": text("devices.forget_all"),
            "cancel": PATH,
            "rows": rows,
        }
        return Page("account/confirm.html", data, title=text("devices.forget_all"))

    @post(f"{PATH}/forget", opt={"guard": signed_in()}, status_code=200)
    async def forget_all(request: Ask) -> Response[Any]:
        """Forget every device."""
        context, session = _who(request)
        await devices.forget_all(context, session.user_id)
        return Redirect(path_below(request, f"{PATH}?done"))

    @post(f"{PATH}/{{device:str}}/forget", opt={"guard": signed_in()}, status_code=200)
    async def forget(request: Ask, device: FromPath[str]) -> Response[Any]:
        """Forget one."""
        context, session = _who(request)
        if not _DIGEST.fullmatch(device) or not await devices.forget(context, session.user_id, device):
            raise NotFound("no such device of this person")
        return Redirect(path_below(request, f"{PATH}?done"))

    return [show, ask_all, forget_all, forget]


def _who(request: Ask) -> tuple[Context, Session]:
    session: Session | None = state_of(request)["session"]
    if session is None:
        raise NotSignedIn("no session behind an account page")
    return context_of(request), session


def _title(one: Device) -> Text:
    name, _ = device_of(one.user_agent)
    return literal(name) if name else text("devices.unknown")


def _fact(one: Device) -> Mapping[str, Any]:
    return {"label": _title(one), "when": one.last_seen}


def _row(context: Context, one: Device) -> Mapping[str, Any]:
    _, icon = device_of(one.user_agent)
    return {
        "icon": icon,
        "title": _title(one),
        "here": one.id == context.source.browser,
        "seen": one.last_seen,
        "since": one.first_seen,
        "trusted_until": one.trusted_until,
        "forget": f"{PATH}/{one.id}/forget",
    }
