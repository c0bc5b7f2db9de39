"""Signing keys: which there are, in which state, and their rotation."""

from __future__ import annotations

from typing import Any

from litestar.response import Response

from xenia.api import KeyState, NotFound, SigningKey, literal, text
from xenia_admin.authority import sees_all
from xenia_admin.desk import Desk
from xenia_admin.forms import cell, confirm_page, fact
from xenia_admin.section import Section

keys = Section()
UNDER = (text("admin.keys.title"), "/keys")
TOKENS = "sig"
_TONES = {KeyState.ACTIVE: "good", KeyState.NEXT: "info", KeyState.PASSIVE: "plain", KeyState.RETIRED: "bad"}


@keys.get("/keys", "xenia:keys:read")
async def list_keys(desk: Desk) -> Response[Any]:
    """Every key that is not destroyed."""
    await sees_all(desk)
    found = await desk.host.keys.list(desk.context)
    data = {
        "lead": text("admin.keys.lead"),
        "columns": [
            text(f"admin.keys.column.{name}") for name in ("algorithm", "state", "use", "id", "created", "action")
        ],
        "rows": [_row(desk, one) for one in sorted(found, key=_order)],
        "nothing": {"title": text("admin.keys.none"), "lead": text("admin.keys.none_lead")},
    }
    return desk.page("console/list.html", text("admin.keys.title"), data)


def _order(one: SigningKey) -> tuple[str, str, int]:
    return one.use, one.alg, list(_TONES).index(one.state)


def _row(desk: Desk, one: SigningKey) -> list[dict[str, Any]]:
    turns = one.state is KeyState.ACTIVE and one.use == TOKENS and desk.holds("xenia:keys:write")
    return [
        cell(one.alg),
        cell(text(f"admin.keys.state.{one.state}"), tone=_TONES[one.state]),
        cell(text(f"admin.keys.use.{one.use}") if one.use in (TOKENS, "audit") else literal(one.use)),
        cell(one.kid, code=True),
        cell("", when=one.created_at),
        cell(text("admin.keys.rotate"), href=desk.path(f"/keys/{one.alg}/rotate")) if turns else cell(""),
    ]


@keys.get("/keys/{alg}/rotate", "xenia:keys:write")
async def ask_rotate(desk: Desk) -> Response[Any]:
    """Ask, with what follows; the way to the emergency stands beside it."""
    mine = await _of_algorithm(desk)
    rows = [fact("admin.keys.column.algorithm", desk.name("alg")), fact("admin.keys.count", str(len(mine)))]
    if not _is_emergency(desk):
        href = desk.path(f"/keys/{desk.name('alg')}/rotate", emergency="1")
        rows.append(fact("admin.keys.leaked", text("admin.keys.emergency"), href=href))
    title = text("admin.keys.emergency" if _is_emergency(desk) else "admin.keys.rotate")
    lead = text("admin.keys.emergency_lead" if _is_emergency(desk) else "admin.keys.rotate_lead")
    return confirm_page(desk, title, lead, title, cancel="/keys", above=[UNDER], rows=rows, harmful=_is_emergency(desk))


@keys.post("/keys/{alg}/rotate", "xenia:keys:write")
async def rotate(desk: Desk) -> Response[Any]:
    """Next becomes active; in an emergency the old key is destroyed at once."""
    await _of_algorithm(desk)
    await desk.host.keys.rotate(desk.context, desk.name("alg"), emergency=_is_emergency(desk))
    return desk.go("/keys", done="rotated")


def _is_emergency(desk: Desk) -> bool:
    return desk.query("emergency") == "1"


async def _of_algorithm(desk: Desk) -> list[SigningKey]:
    """The keys of the algorithm that the path names; there must be one."""
    await sees_all(desk)
    mine = [one for one in await desk.host.keys.list(desk.context) if one.use == TOKENS and one.alg == desk.name("alg")]
    if not mine:
        raise NotFound("no keys of this algorithm")
    return mine
