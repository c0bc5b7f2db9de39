"""The console's page: what messages have cost, of what they may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import get
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.response import Response

from xenia.api import Host, Page, console, context_of, text
from xenia_sms.budget import Budget
from xenia_sms.settings import SmsSettings

READ = "xenia:sms:read"
BASE = "/console/{tenant:str}/sms"
CHANGE = "xenia:plugins:write"


def routes(host: Host, budget: Budget) -> Sequence[BaseRouteHandler]:
    """The page."""

    @get(BASE, opt={"guard": console(READ)})
    async def show(request: Request[Any, Any, Any]) -> Response[Any]:
        """The running hour and the running day, and what is odd about the settings."""
        context = context_of(request)
        settings, spent = await host.config.get(context, SmsSettings), await budget.spent(context)
        may = await host.access.allows(context, CHANGE)
        href = f"/console/{context.tenant}/plugins/sms/settings"
        data = {
            "lead": text("sms.console.lead"),
            "facts": [
                {"label": text("settings.sms.provider"), "value": text(f"settings.sms.provider.{settings.provider}")},
                {"label": text("settings.sms.countries"), "value": ", ".join(settings.countries) or "–"},
                *_window("hour", spent.hour, settings.hour_budget, spent.hour_ends),
                *_window("day", spent.day, settings.day_budget, spent.day_ends),
            ],
            "warnings": settings.doubts(),
            "actions": [{"label": text("sms.console.settings"), "href": href}] if may else [],
        }
        return Page("console/detail.html", data, title=text("sms.title"))

    return [show]


def _window(name: str, spent: int, budget: int, ends: datetime | None) -> list[dict[str, Any]]:
    """What it cost, and until when that counts: a window begins with its first message."""
    cost = {"label": text(f"sms.console.{name}"), "value": text("sms.console.spent", spent=spent, budget=budget)}
    return [cost, {"label": text(f"sms.console.{name}_ends"), "value": "", "when": ends}] if ends else [cost]
