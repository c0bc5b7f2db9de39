"""The console's pages: who waits, and ending or shortening that, with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.connection import Request as Ask
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import (
    Context,
    Field,
    FieldKind,
    Host,
    NotFound,
    Object,
    Page,
    Redirect,
    Text,
    User,
    console,
    context_of,
    literal,
    parse_id,
    path_below,
    text,
)
from xenia_recovery.models import Request
from xenia_recovery.service import Requests

READ, WRITE = "xenia:recovery:read", "xenia:recovery:write"
BASE = "/console/{tenant:str}/recovery"
LONGEST_REASON = 500
Cell = dict[str, Any]


def routes(host: Host, requests: Requests) -> Sequence[BaseRouteHandler]:
    """The list, one request, and what may be done with it."""
    desk = Desk(host, requests)

    @get(BASE, opt={"guard": console(READ)})
    async def show_all(request: Ask[Any, Any, Any]) -> Response[Any]:
        """Who waits, the next to end first."""
        context = context_of(request)
        rows = [
            await desk.row(context, one) for one in await requests.all_open(context) if await desk.sees(context, one)
        ]
        nothing = {"title": text("recovery.console.empty"), "lead": text("recovery.console.empty_lead")}
        data = {
            "lead": text("recovery.console.lead"),
            "message": _message(request),
            "columns": COLUMNS,
            "rows": rows,
            "nothing": nothing,
        }
        return Page("console/list.html", data, title=text("recovery.console.title"))

    @get(f"{BASE}/{{user_id:str}}", opt={"guard": console(READ)})
    async def show(request: Ask[Any, Any, Any], user_id: FromPath[str]) -> Response[Any]:
        """One request."""
        context = context_of(request)
        user, mine = await desk.found(context, READ, user_id)
        return Page("console/detail.html", await desk.detail(context, user, mine), title=literal(user.name))

    @get(f"{BASE}/{{user_id:str}}/{{change:str}}", opt={"guard": console(WRITE)})
    async def ask(request: Ask[Any, Any, Any], user_id: FromPath[str], change: FromPath[str]) -> Response[Any]:
        """Ask for the reason, and for the hours that are to be left."""
        context = context_of(request)
        user, mine = await desk.changeable(context, user_id, change)
        return _form(context, user, mine, change, {})

    @post(f"{BASE}/{{user_id:str}}/{{change:str}}", opt={"guard": console(WRITE)}, status_code=200)
    async def do(request: Ask[Any, Any, Any], user_id: FromPath[str], change: FromPath[str]) -> Response[Any]:
        """Cancel, or shorten."""
        context = context_of(request)
        user, mine = await desk.changeable(context, user_id, change)
        typed = {name: str(value).strip() for name, value in (await request.form()).items()}
        reason, hours = typed.get("reason", ""), typed.get("hours", "")
        errors = _problems(change, mine, reason, hours)
        if errors:
            return _form(context, user, mine, change, errors, typed)
        if change == "cancel":
            await requests.cancel(context, user.id, mine.id, by="administrator", reason=reason)
        else:
            await requests.shorten(context, user, mine.id, int(hours), reason)
        return Redirect(path_below(request, f"{_at(context)}?done={change}"))

    return [show_all, show, ask, do]


CHANGES = ("cancel", "shorten")
COLUMNS = [text(f"recovery.console.column.{name}") for name in ("person", "asked", "ends", "state")]


class Desk:
    """What the pages share: finding a request, and judging who may touch it."""

    def __init__(self, host: Host, requests: Requests) -> None:
        self._host = host
        self._requests = requests

    async def sees(self, context: Context, one: Request) -> bool:
        """Whether the administrator may see this person's."""
        return await self._host.access.allows(context, READ, Object("user", str(one.user_id)))

    async def found(self, context: Context, permission: str, user_id: str) -> tuple[User, Request]:
        """The person and their open request. Raises ``NotFound``, alike for unknown people and those who didn't ask."""
        wanted = parse_id(user_id)
        mine = await self._requests.open(context, wanted) if wanted else None
        user = await self._host.users.get(context, mine.user_id) if mine else None
        if user is None or mine is None:
            raise NotFound("no such request")
        await self._host.access.require(context, permission, Object("user", str(user.id)))
        return user, mine

    async def changeable(self, context: Context, user_id: str, change: str) -> tuple[User, Request]:
        """The same, of somebody who holds nothing that the administrator lacks."""
        if change not in CHANGES:
            raise NotFound("nothing that is done to a request")
        user, mine = await self.found(context, WRITE, user_id)
        await self._host.access.nothing_higher(context, user.roles)
        return user, mine

    async def row(self, context: Context, one: Request) -> list[Cell]:
        """One line of the list."""
        user = await self._host.users.get(context, one.user_id)
        return [
            {"value": user.name if user else str(one.user_id), "href": _at(context, one.user_id)},
            {"value": "", "when": one.asked_at},
            {"value": "", "when": one.ends_at},
            _state(one),
        ]

    async def detail(self, context: Context, user: User, one: Request) -> dict[str, Any]:
        """Everything about one request."""
        person = {"value": user.email or user.name, "href": f"/console/{context.tenant}/users/{user.id}"}
        cells: list[Cell] = [
            person,
            {"value": "", "when": one.asked_at},
            {"value": "", "when": one.ends_at},
            _state(one),
        ]
        may = await self._host.access.allows(context, WRITE, Object("user", str(user.id)))
        changes = [] if not may else ["cancel"] if one.is_ripe else list(CHANGES)
        return {
            "lead": text("recovery.console.one", count=len(one.lost)),
            "facts": [{"label": label, **cell} for label, cell in zip(COLUMNS, cells, strict=True)],
            "actions": [
                {
                    "label": text(f"recovery.console.{change}"),
                    "href": f"{_at(context, user.id)}/{change}",
                    "harmful": change == "shorten",
                }
                for change in changes
            ],
        }


def _message(request: Ask[Any, Any, Any]) -> Text | None:
    """What was just done."""
    done = request.query_params.get("done", "")
    return text(f"recovery.console.done.{done}") if done in CHANGES else None


def _at(context: Context, user_id: UUID | None = None) -> str:
    return f"/console/{context.tenant}/recovery" + (f"/{user_id}" if user_id else "")


def _state(one: Request) -> Cell:
    if one.is_ripe:
        return {"value": text("recovery.console.ripe"), "tone": "warn"}
    return {"value": text("recovery.console.waiting", hours=one.hours, count=one.hours)}


def _problems(change: str, mine: Request, reason: str, hours: str) -> dict[str, Text]:
    """A reason is always wanted; hours are at least one, and fewer than are left."""
    problems = {}
    if not reason or len(reason) > LONGEST_REASON:
        problems["reason"] = text("recovery.console.reason_wanted")
    is_number = hours.isascii() and hours.isdecimal() and len(hours) <= 4
    if change == "shorten" and not (is_number and 1 <= int(hours) < mine.hours):
        problems["hours"] = text("recovery.console.hours_wanted", hours=max(mine.hours - 1, 1))
    return problems


def _form(
    context: Context,
    user: User,
    mine: Request,
    change: str,
    errors: Mapping[str, Text],
    typed: Mapping[str, str] | None = None,
) -> Page:
    hours = Field(name="hours", label=text("recovery.console.hours"), kind=FieldKind.NUMBER, value="1")
    reason = Field(name="reason", label=text("recovery.console.reason"), hint=text("recovery.console.reason_hint"))
    data = {
        "lead": text(f"recovery.console.{change}_lead", name=user.name),
        "fields": [hours, reason] if change == "shorten" else [reason],
        "typed": typed or {},
        "submit": text(f"recovery.console.{change}"),
        "cancel": _at(context, mine.user_id),
    }
    title = text(f"recovery.console.{change}")
    return Page("console/form.html", data, title=title, errors=errors, status=422 if errors else 200)
