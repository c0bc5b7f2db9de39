"""What commands say: tables for people, JSON for programs, complaints on standard error."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

OK, FAILED, WRONG_USE = 0, 1, 2


def say(line: str = "") -> None:
    """One line for people."""
    print(line, flush=True)


def complain(line: str) -> None:
    """One line on what went wrong."""
    print(f"xenia: {line}", file=sys.stderr)


def show(rows: Sequence[Mapping[str, Any]], *, as_json: bool, nothing: str = "") -> None:
    """Rows of the same keys: a table, or a JSON array. ``nothing`` is said where there are none."""
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(rows)).decode())
    elif rows:
        print("\n".join(_table(rows)))
    elif nothing:
        print(nothing)


def _table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    cells = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(sorted(map(str, value))) or "-"
    return str(value) or "-"
