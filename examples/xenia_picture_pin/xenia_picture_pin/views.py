"""The views of this plugin, as data."""

from __future__ import annotations

from collections.abc import Sequence

from xenia.api import Action, StepView, text
from xenia_picture_pin.pictures import COLUMNS, FEWEST, NAMES, SIGNS

PICK = "pick:"
CLEAR = "clear"


def grid_view(words: str, picked: Sequence[str]) -> StepView:
    """The grid, how many pictures were picked so far, and two buttons. ``words`` is where its sentences begin."""
    return StepView(
        step="picture_pin",
        title=text(f"picture_pin.{words}.title"),
        lead=text(f"picture_pin.{words}.lead", count=FEWEST),
        actions=(
            Action(label=text(f"picture_pin.{words}.submit")),
            Action(label=text("picture_pin.clear"), name=CLEAR),
        ),
        template="picture_pin/grid.html",
        data={"rows": _rows(), "picked": len(picked)},
    )


def _rows() -> list[list[dict[str, str]]]:
    cells = [
        {"action": f"{PICK}{name}", "sign": sign, "name": f"picture_pin.picture.{name}"}
        for name, sign in zip(NAMES, SIGNS, strict=True)
    ]
    return [cells[place : place + COLUMNS] for place in range(0, len(cells), COLUMNS)]
