"""Pressure, attacks, blocks and waiting accounts as the console's page draws them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from xenia.api import Field, FieldKind, Text, text
from xenia_protection.models import Attack, Block, Seen
from xenia_protection.networks import WHOLE

Cell = dict[str, Any]
Part = dict[str, Any]


def network(of: str) -> Cell:
    """A network, or the words for all of them."""
    return {"value": text("protection.whole") if of == WHOLE else of}


def detector(name: str) -> Text:
    """What a detector's finding is called."""
    return text(f"protection.detector.{name}")


def why(one: Attack) -> Text:
    """The numbers that an attack was found by, in a sentence."""
    return text(f"protection.reasons.{one.detector}", **one.reasons)


def part(name: str, columns: Sequence[str], rows: list[list[Cell]]) -> Part:
    """A section with a table."""
    return {
        "id": f"h-{name}",
        "title": text(f"protection.{name}.title"),
        "lead": text(f"protection.{name}.lead"),
        "columns": [text(f"protection.column.{one}") for one in columns],
        "rows": rows,
        "nothing": text(f"protection.{name}.nothing"),
    }


def attacks(found: Sequence[Attack]) -> Part:
    """Those that run."""
    rows = [
        [
            network(one.network),
            {"value": detector(one.detector), "tone": "bad"},
            {"value": why(one)},
            _when(one.began_at),
        ]
        for one in found
    ]
    return part("attacks", ("network", "attack", "reasons", "began"), rows)


def blocks(found: Sequence[Block], base: str, *, may_change: bool) -> Part:
    """What is blocked, each with a way to let it through."""
    columns = ("network", "reason", "began", "until", *(("change",) if may_change else ()))
    rows = [[*_block(one), *([_unblock(one, base)] if may_change else [])] for one in found]
    return part("blocks", columns, rows)


def _block(one: Block) -> list[Cell]:
    return [network(one.network), {"value": detector(one.detector)}, _when(one.began_at), _when(one.until)]


def _unblock(one: Block, base: str) -> Cell:
    query = urlencode({"network": one.network})
    return {"value": text("protection.unblock.label"), "href": f"{base}/unblock?{query}"}


def top(found: Sequence[Seen], blocked: Sequence[Block], base: str, *, may_change: bool) -> Part:
    """Where guesses came from, each with a way to block it."""
    columns = ("network", "wrong", "right", "accounts", *(("change",) if may_change else ()))
    held = {one.network for one in blocked}
    rows = [[*_seen(one), *([_block_link(one, base, held)] if may_change else [])] for one in found]
    return part("top", columns, rows)


def _seen(one: Seen) -> list[Cell]:
    return [network(one.network), {"value": str(one.wrong)}, {"value": str(one.right)}, {"value": str(one.accounts)}]


def _block_link(one: Seen, base: str, held: set[str]) -> Cell:
    if one.network in held:
        return {"value": text("protection.block.is")}
    return {"value": text("protection.block.label"), "href": f"{base}/block?{urlencode({'network': one.network})}"}


def block_fields(network: str, minutes: int, *, own: bool) -> list[Field]:
    """The form of a block by hand; for one's own network with a box that says so."""
    fields = [
        Field(name="network", label=text("protection.column.network"), kind=FieldKind.HIDDEN, value=network),
        Field(
            name="minutes",
            label=text("protection.block.minutes"),
            kind=FieldKind.NUMBER,
            value=str(minutes),
            autocomplete="off",
        ),
        Field(
            name="reason",
            label=text("protection.block.reason"),
            hint=text("protection.block.reason_hint"),
            autocomplete="off",
        ),
    ]
    mine = Field(name="own", label=text("protection.block.own_label"), kind=FieldKind.CHECKBOX, required=False)
    return [*fields, mine] if own else fields


def waiting(found: Sequence[tuple[UUID, datetime]], base: str, *, may_change: bool) -> Part:
    """Accounts whose owner said that it was somebody else."""
    columns = ("account", "since", *(("change",) if may_change else ()))
    rows = [[_account(user, base), _when(at), *([_settle(user, base)] if may_change else [])] for user, at in found]
    return part("waiting", columns, rows)


def _account(user: UUID, base: str) -> Cell:
    return {"value": str(user), "href": f"{base.rpartition('/')[0]}/users/{user}"}


def _settle(user: UUID, base: str) -> Cell:
    return {"value": text("protection.settle.label"), "href": f"{base}/accounts/{user}/settle"}


def _when(at: datetime) -> Cell:
    return {"value": "", "when": at}


def figures(seen: Sequence[Seen], wrong: int, right: int, running: int, blocked: int) -> list[dict[str, Any]]:
    """The last hour at a glance."""
    counts = {"wrong": wrong, "right": right, "networks": len(seen), "attacks": running, "blocks": blocked}
    anchors = {"wrong": "top", "right": "top", "networks": "top"}
    return [
        {"label": text(f"protection.figure.{name}"), "value": str(count), "href": f"#h-{anchors.get(name, name)}"}
        for name, count in counts.items()
    ]
