"""Days and how often, as a picture that the server draws: the numbers of an SVG, and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from xenia.api import Text, text
from xenia_admin.desk import Desk

LEFT, RIGHT, TOP, BOTTOM = 70.0, 690.0, 16.0, 206.0
MOST_STEPS, SHOWN_DAYS = 4, 7


class Line(msgspec.Struct, frozen=True):
    """One line: how often on each day."""

    label: Text
    counts: Sequence[int]


def chart(desk: Desk, days: Sequence[date], lines: Sequence[Line], most: int) -> dict[str, Any]:
    """The data of the template's chart. ``most`` is where counting ended; what reaches it is shown as "and more"."""
    highest = max((count for line in lines for count in line.counts), default=0)
    step = step_for(highest)
    top = max(step * -(-highest // step), step)
    return {
        "lines": [_line(desk, line, top, most) for line in lines],
        "grid": [{"y": _y(value, top), "label": desk.number(value)} for value in range(0, top + 1, step)],
        "days": [{"x": _x(place, len(days)), "label": _short(desk, days[place])} for place in _shown(len(days))],
        "columns": [text("admin.chart.day"), *(line.label for line in lines)],
        "rows": [_row(desk, day, [line.counts[place] for line in lines], most) for place, day in enumerate(days)],
    }


def step_for(highest: int) -> int:
    """The distance of the grid's lines: 1, 2 or 5 with noughts, so that few enough of them reach the highest value."""
    size = 1
    while True:
        for digit in (1, 2, 5):
            if digit * size * MOST_STEPS >= highest:
                return digit * size
        size *= 10


def _line(desk: Desk, line: Line, top: int, most: int) -> dict[str, Any]:
    places = [(_x(place, len(line.counts)), _y(count, top)) for place, count in enumerate(line.counts)]
    points = "M" + "L".join(f"{x} {y}" for x, y in places)
    capped = any(count >= most for count in line.counts)
    total = desk.number(sum(line.counts)) + ("+" if capped else "")
    return {"label": line.label, "points": points, "area": f"{points}V{BOTTOM}H{places[0][0]}Z", "total": total}


def _row(desk: Desk, day: date, counts: Sequence[int], most: int) -> list[dict[str, Any]]:
    return [{"value": "", "day": day}, *({"value": desk.number(count, most)} for count in counts)]


def _shown(count: int) -> list[int]:
    """The days with a label under them: today, and back from there as many as there is room for."""
    return list(range(count - 1, -1, -max(1, -(-count // SHOWN_DAYS))))[::-1]


def _x(place: int, count: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * place / max(count - 1, 1), 1)


def _y(value: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / top, 1)


def _short(desk: Desk, day: date) -> str:
    from babel.dates import format_skeleton  # imported late: only the overview draws

    return format_skeleton("MMMd", day, locale=desk.context.locale.replace("-", "_"))
