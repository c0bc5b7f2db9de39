"""Tables of figures: printed, and written between the markers of the page that explains them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "performance.md"


@dataclass(frozen=True)
class Table:
    """One table; ``name`` is that of its markers on the page."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        """As Markdown."""
        lines = [self.head, ["---"] + ["---:"] * (len(self.head) - 1), *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def ratio(value: float, base: float) -> str:
    """How many times ``base`` it is."""
    return f"{value / base:.2f}x" if base else ""


def write(tables: Iterable[Table], page: Path = PAGE) -> None:
    """Replace what stands between each table's markers."""
    words = page.read_text("utf-8")
    for table in tables:
        begin, end = f"<!-- bench: {table.name} -->", "<!-- /bench -->"
        place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not place.search(words):
            raise LookupError(f"{page.name} has no place for the table {table.name}")
        words = place.sub(f"{begin}\n{table}\n{end}".replace("\\", r"\\"), words)
    page.write_text(words, "utf-8")
