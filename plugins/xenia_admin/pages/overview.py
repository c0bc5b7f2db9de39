"""The first page: numbers, what is worth a look, and what happened lately. Nothing is shown that the administrator may not see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar.response import Response

from xenia.api import Event, EventQuery, Text, Unavailable, text
from xenia_admin.charts import Line, chart
from xenia_admin.desk import Desk
from xenia_admin.section import Section
from xenia_admin.stories import told

overview = Section()
DAY = timedelta(hours=24)
MOST = 10_000
SIGN_INS, REFUSALS = ("session.started",), ("journey.denied",)
CHART_DAYS = 14
_LATELY = 8


@overview.get("")
async def show(desk: Desk) -> Response[Any]:
    """The tenant at a glance."""
    events: tuple[Event, ...] = ()
    if desk.holds("xenia:events:read"):
        events = (await desk.host.events.list(desk.context, EventQuery(limit=_LATELY))).events
    data = {
        "lead": text("admin.overview.lead", tenant=desk.tenant.title),
        "figures": await _figures(desk),
        "chart": await _chart(desk) if desk.holds("xenia:events:read") else None,
        "todo": await _todo(desk),
        "events": [
            {"text": text(f"event.{one.type}"), "who": await told(desk).actor(one.actor), "at": one.at}
            for one in events
        ],
        "log": desk.path("/audit") if desk.holds("xenia:events:read") else "",
    }
    return desk.page("console/overview.html", text("admin.overview.title"), data)


async def _figures(desk: Desk) -> list[dict[str, Any]]:
    figures = []
    if desk.holds("xenia:users:read"):
        figures.append(_figure(desk, "users", await desk.host.users.count(desk.context, most=MOST), "/users"))
    if desk.holds("xenia:events:read"):
        sign_ins = await desk.host.events.count(desk.context, SIGN_INS, DAY, most=MOST)
        figures.append(_figure(desk, "sign_ins", sign_ins, "/audit", type=SIGN_INS[0]))
    if desk.holds("xenia:applications:read"):
        found = await desk.host.applications.list(desk.context, limit=200)
        figures.append(_figure(desk, "applications", len(found), "/applications", most=200))
    if desk.holds("xenia:plugins:read"):
        figures.append(_figure(desk, "plugins", len(desk.tenant.plugins), "/plugins"))
    return figures


def _figure(desk: Desk, name: str, count: int, path: str, *, most: int = MOST, **query: str) -> dict[str, Any]:
    return {
        "label": text(f"admin.overview.{name}"),
        "value": desk.number(count, most),
        "href": desk.path(path, **query),
    }


async def _chart(desk: Desk) -> dict[str, Any]:
    """Sign-ins and refusals of the last days."""
    came = await desk.host.events.tally(desk.context, SIGN_INS, CHART_DAYS, most=MOST)
    refused = await desk.host.events.tally(desk.context, REFUSALS, CHART_DAYS, most=MOST)
    lines = [
        Line(text("admin.chart.sign_ins"), [count for _, count in came]),
        Line(text("admin.chart.refused"), [count for _, count in refused]),
    ]
    least, most = min(lines[0].counts), max(lines[0].counts)
    said = text(
        "admin.chart.summary",
        least=desk.number(least),
        most=desk.number(most, MOST),
        refused=desk.number(sum(lines[1].counts)),
    )
    drawn = chart(desk, [day for day, _ in came], lines, MOST)
    return {**drawn, "title": text("admin.chart.title", days=CHART_DAYS), "summary": said}


# -- what is worth a look


async def _todo(desk: Desk) -> list[dict[str, Any]]:
    found = []
    if desk.holds("xenia:applications:write") and not await desk.host.applications.list(desk.context, limit=1):
        found.append(_item("app", "no_applications", desk.path("/applications/new")))
    if desk.holds("xenia:users:write") and await desk.host.users.count(desk.context, most=1) == 0:
        found.append(_item("users", "no_users", desk.path("/users/new")))
    if desk.holds("xenia:plugins:write"):
        found += [_item("plug", "broken", desk.path(f"/plugins/{name}"), name=name) for name in await _broken(desk)]
    if desk.holds("xenia:events:read"):
        found += await _refused(desk)
    return found


async def _refused(desk: Desk) -> list[dict[str, Any]]:
    count = await desk.host.events.count(desk.context, REFUSALS, DAY, most=MOST)
    return [_item("alert", "denied", desk.path("/audit", type=REFUSALS[0]), count=count)] if count else []


async def _broken(desk: Desk) -> list[str]:
    """Plugins that are on and whose stored settings can't be used."""
    names = []
    for one in desk.host.plugins:
        if one.settings is None or not desk.tenant.has(one.name):
            continue
        try:
            await desk.host.config.get(desk.context, one.settings)
        except Unavailable:
            names.append(one.name)
    return names


def _item(icon: str, kind: str, href: str, **values: str | int) -> dict[str, Any]:
    def said(part: str) -> Text:
        return text(f"admin.todo.{kind}.{part}", **values)

    return {"icon": icon, "title": said("title"), "meta": said("meta"), "label": said("label"), "href": href}
