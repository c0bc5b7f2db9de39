"""The console's page of threats: what goes on now, who is blocked, and which accounts wait for their owners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import (
    Conflict,
    Context,
    Host,
    NotFound,
    Page,
    Redirect,
    Text,
    console,
    context_of,
    parse_id,
    path_below,
    text,
)
from xenia_protection import shown
from xenia_protection.blocks import Blocks
from xenia_protection.charts import chart
from xenia_protection.counts import Counts
from xenia_protection.disowning import Disowning
from xenia_protection.networks import is_counted, named, network_of
from xenia_protection.settings import ProtectionSettings
from xenia_protection.watch import Watch

READ, WRITE = "xenia:protection:read", "xenia:protection:write"
BASE = "/console/{tenant:str}/protection"

LONGEST, LONGEST_REASON = 1440, 500
DONE = ("blocked", "unblocked", "settled")

Ask = Request[Any, Any, Any]


def routes(host: Host) -> Sequence[BaseRouteHandler]:
    """All of them."""
    return [_threats(host), *_block(host, Blocks(host)), *_unblock(Blocks(host)), *_settle(host)]


def _at(context: Context, path: str = "") -> str:
    return f"/console/{context.tenant}/protection{path}"


def _back(request: Ask, done: str) -> Redirect:
    """To the page of threats, which says what was done."""
    return Redirect(path_below(request, f"{_at(context_of(request))}?done={done}"))


def _message(request: Ask) -> Text | None:
    done = request.query_params.get("done", "")
    return text(f"protection.done.{done}") if done in DONE else None


def _threats(host: Host) -> BaseRouteHandler:
    counts, watch, blocks, disowning = Counts(host), Watch(host), Blocks(host), Disowning(host)

    @get(BASE, opt={"guard": console(READ)})
    async def show(request: Ask) -> Response[Any]:
        """The last hour, and what follows from it. Asks for itself again while somebody looks."""
        context = context_of(request)
        base, may = _at(context), await host.access.allows(context, WRITE)
        minutes, top = await counts.by_minute(context), await counts.top(context)
        running, blocked = await watch.running(context), await blocks.all(context)
        wrong, right = sum(one.wrong for one in minutes), sum(one.right for one in minutes)
        data = {
            "lead": text("protection.lead"),
            "message": _message(request),
            "live": (live := "still" not in request.query_params),
            "turn": {
                "href": f"{base}?still" if live else base,
                "label": text(f"protection.live.{'off' if live else 'on'}"),
            },
            "settings": f"/console/{context.tenant}/plugins/protection",
            "figures": shown.figures(top, wrong, right, len(running), len(blocked)),
            "chart": {"title": text("protection.chart.title"), **chart(minutes, host.clock.now())},
            "parts": [
                shown.attacks(running),
                shown.blocks(blocked, base, may_change=may),
                shown.waiting(await disowning.waiting(context), base, may_change=may),
                shown.top(top, blocked, base, may_change=may),
            ],
        }
        return Page("protection/threats.html", data, title=text("protection.title"))

    return show


def _block(host: Host, blocks: Blocks) -> Sequence[BaseRouteHandler]:
    async def form(request: Ask, network: str, errors: Mapping[str, Text], typed: Mapping[str, str]) -> Page:
        context = context_of(request)
        minutes = (await host.config.get(context, ProtectionSettings)).block_minutes
        own = network_of(context.source.address) == network
        data = {
            "lead": text("protection.block.lead", network=network),
            "fields": shown.block_fields(network, minutes, own=own),
            "typed": typed,
            "submit": text("protection.block.label"),
            "cancel": _at(context),
            "warnings": [text("protection.block.own")] if own else [],
        }
        title, status = text("protection.block.title"), 422 if errors else 200
        return Page("console/form.html", data, title=title, errors=errors, status=status)

    @get(BASE + "/block", opt={"guard": console(WRITE)})
    async def ask_block(request: Ask) -> Response[Any]:
        """Ask for how long, and why; whoever would block their own network is warned."""
        context, network = context_of(request), _counted(request.query_params.get("network", ""))
        if await blocks.wait(context, network):
            raise Conflict("it is blocked", public=text("protection.block.already"))
        return await form(request, network, {}, {})

    @post(BASE + "/block", opt={"guard": console(WRITE)}, status_code=200)
    async def block(request: Ask) -> Response[Any]:
        """Nobody guesses from there until then, but on known devices."""
        context = context_of(request)
        typed = {name: str(value).strip() for name, value in (await request.form()).items()}
        network = _counted(typed.get("network", ""))
        own = network_of(context.source.address) == network
        if errors := _block_problems(typed, own=own):
            return await form(request, network, errors, typed)
        if not await blocks.block_by_hand(context, network, int(typed["minutes"]), typed["reason"]):
            raise Conflict("it is blocked", public=text("protection.block.already"))
        return _back(request, "blocked")

    return [ask_block, block]


def _counted(network: str) -> str:
    """A network that can be blocked. Raises ``NotFound`` for what is none."""
    if not is_counted(network):
        raise NotFound("no network that guesses are counted under")
    return network


def _block_problems(typed: Mapping[str, str], *, own: bool) -> dict[str, Text]:
    """What is to be mended by field: a day at most, a reason always, and one's own network only knowingly."""
    minutes, reason = typed.get("minutes", ""), typed.get("reason", "")
    problems = {}
    if not (minutes.isascii() and minutes.isdecimal() and len(minutes) <= 4 and 1 <= int(minutes) <= LONGEST):
        problems["minutes"] = text("protection.block.minutes_wanted", most=LONGEST)
    if not 0 < len(reason) <= LONGEST_REASON or "\0" in reason:
        problems["reason"] = text("protection.block.reason_wanted")
    if own and typed.get("own") != "true":
        problems["own"] = text("protection.block.own_wanted")
    return problems


def _unblock(blocks: Blocks) -> Sequence[BaseRouteHandler]:
    @get(BASE + "/unblock", opt={"guard": console(WRITE)})
    async def ask_unblock(request: Ask) -> Response[Any]:
        """Ask before guesses from a network are let through again."""
        context, network = context_of(request), named(request.query_params.get("network", ""))
        if not network or not await blocks.wait(context, network):
            raise NotFound("it isn't blocked")
        data = {
            "lead": text("protection.unblock.lead", network=network),
            "label": text("protection.unblock.label"),
            "cancel": _at(context),
            "harmful": False,
            "hidden": {"network": network},
        }
        return Page("console/confirm.html", data, title=text("protection.unblock.title"))

    @post(BASE + "/unblock", opt={"guard": console(WRITE)}, status_code=200)
    async def unblock(request: Ask) -> Response[Any]:
        """Let them through. One that isn't blocked any more is what was wanted."""
        context, posted = context_of(request), (await request.form()).get("network", "")
        if isinstance(posted, str) and (network := named(posted)):
            await blocks.unblock(context, network)
        return _back(request, "unblocked")

    return [ask_unblock, unblock]


def _settle(host: Host) -> Sequence[BaseRouteHandler]:
    disowning = Disowning(host)

    @get(BASE + "/accounts/{user:str}/settle", opt={"guard": console(WRITE)})
    async def ask_settle(request: Ask, user: FromPath[str]) -> Response[Any]:
        """Ask before what was known before opens the account again."""
        context = context_of(request)
        await _waiting(disowning, context, user)
        data = {
            "lead": text("protection.settle.lead"),
            "label": text("protection.settle.label"),
            "cancel": _at(context),
            "rows": [{"label": text("protection.column.account"), "value": user}],
        }
        return Page("console/confirm.html", data, title=text("protection.settle.title"))

    @post(BASE + "/accounts/{user:str}/settle", opt={"guard": console(WRITE)}, status_code=200)
    async def settle(request: Ask, user: FromPath[str]) -> Response[Any]:
        """An administrator found out whose it is."""
        context = context_of(request)
        id_ = await _waiting(disowning, context, user)
        if (person := await host.users.get(context, id_)) is not None:
            await host.access.nothing_higher(context, person.roles)
        await disowning.settle(context, id_, "administrator")
        await disowning.trust(context, id_)
        return _back(request, "settled")

    return [ask_settle, settle]


async def _waiting(disowning: Disowning, context: Context, user: str) -> UUID:
    """The account of a path. Raises ``NotFound`` where none waits."""
    id_ = parse_id(user)
    if id_ is None or await disowning.since(context, id_) is None:
        raise NotFound("no such account waits")
    return id_
