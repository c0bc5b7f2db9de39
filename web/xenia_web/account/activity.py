"""What happened on my account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import get
from litestar.handlers import BaseRouteHandler
from litestar.response import Response

from xenia.api import (
    Event,
    EventQuery,
    Page,
    device_of,
    signed_in,
    text,
)
from xenia_web.account.frame import AccountPages, Ask

SHOWN = 30
_ICONS = {"session": "check", "credential": "key", "user": "user", "password": "lock", "token": "link", "grant": "link"}


def routes(pages: AccountPages) -> Sequence[BaseRouteHandler]:
    """The activity page."""

    @get("/account/activity", opt={"guard": signed_in()})
    async def show(request: Ask) -> Response[Any]:
        """The person's events, newest first."""
        context, user, _ = await pages.begin(request)
        query = EventQuery(person=user.id, limit=SHOWN, after=request.query_params.get("after", ""))
        page = await pages.host.events.list(context, query)
        data = {
            "entries": [_entry(event) for event in page.events],
            "next": f"/account/activity?after={page.next}" if page.next else "",
        }
        return Page("account/activity.html", data, title=text("web.account.activity"))

    return [show]


def _entry(event: Event) -> Mapping[str, Any]:
    noun = event.type.partition(".")[0]
    device, _ = device_of(str(event.personal.get("user_agent", "")))
    place = " · ".join(part for part in (device, str(event.personal.get("address", ""))) if part)
    icon = "alert" if event.result != "ok" else _ICONS.get(noun, "log")
    return {
        "icon": icon,
        "title": text(f"event.{event.type}"),
        "place": place,
        "at": event.at,
        "bad": event.result != "ok",
    }
