"""How many people use which way to sign in, and how many have a second factor."""

from __future__ import annotations

from typing import Any

from litestar.response import Response

from xenia.api import KindInUse, literal, text
from xenia_admin.authority import sees_all
from xenia_admin.desk import Desk
from xenia_admin.forms import cell
from xenia_admin.section import Section

factors = Section()
MOST = 10_000


@factors.get("/factors", "xenia:credentials:read")
async def show_factors(desk: Desk) -> Response[Any]:
    """Every kind of credential that somebody has."""
    await sees_all(desk)
    found = await desk.host.credentials.adoption(desk.context, most=MOST)
    count, share = desk.number(found.people, MOST), _share(found.second, found.people)
    data = {
        "lead": text("admin.factors.lead", people=count, share=share),
        "columns": [text(f"admin.factors.column.{name}") for name in ("way", "people", "share", "recent")],
        "rows": [_row(desk, one, found.people) for one in found.kinds],
        "nothing": {"title": text("admin.factors.none"), "lead": text("admin.factors.none_lead")},
    }
    return desk.page("console/list.html", text("admin.factors.title"), data)


def _row(desk: Desk, one: KindInUse, people: int) -> list[dict[str, Any]]:
    titles = {plugin.name: plugin.title for plugin in desk.host.plugins}
    return [
        cell(titles.get(one.plugin, literal(one.plugin)), note=one.kind),
        cell(desk.number(one.people)),
        cell(f"{_share(one.people, people)} %"),
        cell(desk.number(one.recent)),
    ]


def _share(part: int, whole: int) -> int:
    """In per cent, rounded down: nobody is shown as a hundred who isn't."""
    return 100 * part // whole if whole else 0
