"""A page of the account and one of the console."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import get
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler

from xenia.api import Context, Host, Page, Text, console, context_of, signed_in, text
from xenia_opening_hours.settings import HoursSettings

READ = "xenia:opening-hours:read"


def routes(host: Host) -> Sequence[BaseRouteHandler]:
    """Both pages."""

    @get("/account/opening-hours", opt={"guard": signed_in()})
    async def for_people(request: Request[Any, Any, Any]) -> Page:
        """When they may sign in."""
        lead = await _hours(host, context_of(request))
        return Page("auth/message.html", {"lead": lead}, title=text("opening_hours.title"))

    @get("/console/{tenant:str}/opening-hours", opt={"guard": console(READ)})
    async def for_administrators(request: Request[Any, Any, Any]) -> Page:
        """The same, in the tenant that the path names."""
        facts = [{"label": text("opening_hours.title"), "value": await _hours(host, context_of(request))}]
        return Page("console/detail.html", {"facts": facts}, title=text("opening_hours.title"))

    return (for_people, for_administrators)


async def _hours(host: Host, context: Context) -> Text:
    settings = await host.config.get(context, HoursSettings)
    return text("opening_hours.hours", opens=settings.opens, closes=settings.closes)
