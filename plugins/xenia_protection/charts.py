"""The last hour as a picture that the server draws: the numbers of an SVG, and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from xenia.api import Text, text
from xenia_protection.counts import Minute

LEFT, RIGHT, TOP, BOTTOM = 70.0, 690.0, 16.0, 206.0
BUCKETS, EACH = 12, timedelta(minutes=5)
STEPS = 4


def chart(minutes: Sequence[Minute], now: datetime) -> dict[str, Any]:
    """The data of the template's chart: right and wrong guesses (in the colour of what is bad) in twelve times five minutes."""
    began = now - BUCKETS * EACH
    counts = [_bucket(minutes, began + place * EACH) for place in range(BUCKETS)]
    step = max(1, -(-max(max(pair) for pair in counts) // STEPS))
    labels = (text("protection.chart.right"), text("protection.chart.wrong"))
    lines = [_line(label, [pair[place] for pair in counts], step) for place, label in enumerate(labels)]
    return {
        "lines": lines,
        "grid": [{"y": _y(value, step), "label": str(value)} for value in range(0, STEPS * step + 1, step)],
        "days": [{"x": _x(place), "label": f"{began + place * EACH:%H:%M}"} for place in range(0, BUCKETS, 3)],
        "columns": [text("protection.chart.since"), *labels],
        "rows": [_row(began + place * EACH, pair) for place, pair in enumerate(counts)],
        "summary": text("protection.chart.summary", wrong=lines[1]["total"], right=lines[0]["total"]),
    }


def _bucket(minutes: Sequence[Minute], since: datetime) -> tuple[int, int]:
    within = [one for one in minutes if since <= one.at < since + EACH]
    return sum(one.right for one in within), sum(one.wrong for one in within)


def _line(label: Text, counts: Sequence[int], step: int) -> dict[str, Any]:
    points = "M" + "L".join(f"{_x(place)} {_y(count, step)}" for place, count in enumerate(counts))
    return {"label": label, "points": points, "area": f"{points}V{BOTTOM}H{_x(0)}Z", "total": str(sum(counts))}


def _row(since: datetime, pair: tuple[int, int]) -> list[dict[str, Any]]:
    return [{"value": "", "when": since}, *({"value": str(count)} for count in pair)]


def _x(place: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * place / (BUCKETS - 1), 1)


def _y(value: int, step: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / (STEPS * step), 1)
