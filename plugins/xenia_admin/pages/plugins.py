"""What is installed, what is on, and how it is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar.response import Response

from xenia.api import (
    SYSTEM_TENANT,
    Conflict,
    Invalid,
    Manifest,
    NotFound,
    Text,
    Unavailable,
    settings_doubts,
    settings_fields,
    settings_from_form,
    settings_pages,
    text,
)
from xenia_admin.authority import may, sees_all
from xenia_admin.desk import Desk
from xenia_admin.forms import cell, confirm_page, fact, form_page, hinted, labelled
from xenia_admin.section import Section
from xenia_admin.stale import marked, refuse_stale

plugins = Section()
UNDER = (text("admin.plugins.title"), "/plugins")
STANDS_ON = frozenset({"admin", "oidc"})
"""What the console itself needs in the tenant of administrators."""
NOT_ELSEWHERE = frozenset({"admin"})


@plugins.get("/plugins", "xenia:plugins:read")
async def list_plugins(desk: Desk) -> Response[Any]:
    """Every installed plugin, and whether it is on here."""
    await sees_all(desk)
    data = {
        "lead": text("admin.plugins.lead"),
        "columns": [text(f"admin.plugins.column.{name}") for name in ("plugin", "state", "action")],
        "rows": [
            _row(desk, one)
            for one in desk.host.plugins
            if one.name not in NOT_ELSEWHERE or desk.tenant.id == SYSTEM_TENANT
        ],
        "nothing": {"title": text("admin.plugins.none"), "lead": ""},
    }
    return desk.page("console/list.html", text("admin.plugins.title"), data)


def _row(desk: Desk, one: Manifest) -> list[dict[str, Any]]:
    settable = one.settings is not None and desk.tenant.has(one.name) and desk.holds("xenia:plugins:write")
    settings = (
        cell(text("admin.plugins.settings"), href=desk.path(f"/plugins/{one.name}/settings")) if settable else cell("")
    )
    return [cell(one.title, href=desk.path(f"/plugins/{one.name}"), note=one.summary), _state(desk, one), settings]


def _state(desk: Desk, one: Manifest) -> dict[str, Any]:
    if one.always_on:
        return cell(text("admin.plugins.always_on"), tone="info")
    is_on = desk.tenant.has(one.name)
    return cell(text("admin.on" if is_on else "admin.off"), tone="good" if is_on else "plain")


@plugins.get("/plugins/{plugin}", "xenia:plugins:read")
async def show_plugin(desk: Desk) -> Response[Any]:
    """What it is, what it needs, and whom it touches."""
    one = await _of_path(desk)
    users = await desk.host.credentials.count_users(desk.context, one.name)
    data = {
        "lead": one.summary,
        "facts": [
            {"label": text("admin.plugins.column.state"), **_state(desk, one)},
            fact("admin.plugins.name", one.name, code=True),
            fact("admin.plugins.requires", ", ".join(one.requires) or "–"),
            fact("admin.plugins.needed_by", ", ".join(_needed_by(desk, one)) or "–"),
            fact("admin.plugins.users", desk.number(users)),
        ],
        "actions": _actions(desk, one),
        "warnings": await _warnings(desk, one),
    }
    return desk.page("console/detail.html", one.title, data, above=[UNDER])


async def _warnings(desk: Desk, one: Manifest) -> list[Text]:
    """What is wrong with it in this installation, and what is odd about its settings."""
    if not desk.tenant.has(one.name):
        return []
    return [*await desk.host.problems(desk.context, one.name), *await _doubts(desk, one)]


async def _doubts(desk: Desk, one: Manifest) -> Sequence[Text]:
    if one.settings is None or not desk.holds("xenia:plugins:write"):
        return ()
    try:
        return settings_doubts(await desk.host.config.get(desk.context, one.settings))
    except Unavailable:
        return (text("admin.plugins.unusable"),)


def _actions(desk: Desk, one: Manifest) -> list[dict[str, Any]]:
    if not desk.holds("xenia:plugins:write"):
        return []
    is_on = desk.tenant.has(one.name)
    switch = "off" if is_on else "on"
    wanted = ["settings"] if one.settings and is_on else []
    wanted += [] if one.always_on else [switch]
    return [
        {
            "label": text(f"admin.plugins.{name}"),
            "href": desk.path(f"/plugins/{one.name}/{name}"),
            "harmful": name == "off",
        }
        for name in wanted
    ]


async def _of_path(desk: Desk) -> Manifest:
    name = desk.name("plugin")
    await may(desk, "plugin", name)
    found = next((one for one in desk.host.plugins if one.name == name), None)
    if found is None:
        raise NotFound("no such plugin")
    return found


def _needed_by(desk: Desk, plugin: Manifest) -> tuple[str, ...]:
    """The plugins that are on here and require this one."""
    return tuple(one.name for one in desk.host.plugins if plugin.name in one.requires and desk.tenant.has(one.name))


# -- switching


@plugins.get("/plugins/{plugin}/on", "xenia:plugins:write")
async def ask_on(desk: Desk) -> Response[Any]:
    """Ask, with what is switched on along with it."""
    one = await _of_path(desk)
    with_it = [name for name in one.requires if not desk.tenant.has(name)]
    rows = [fact("admin.plugins.with_it", ", ".join(with_it))] if with_it else []
    title, lead = text("admin.plugins.on"), one.summary
    return confirm_page(desk, title, lead, title, cancel=_place(one), above=_above(one), rows=rows, harmful=False)


@plugins.post("/plugins/{plugin}/on", "xenia:plugins:write")
async def switch_on(desk: Desk) -> Response[Any]:
    """It serves the tenant from the next request on."""
    one = await _of_path(desk)
    try:
        await desk.host.tenants.switch_on(desk.context, desk.tenant.id, one.name)
    except Invalid as problem:
        raise Conflict(str(problem), public=next(iter(problem.fields.values()))) from problem
    return desk.go(_place(one), done="switched_on")


@plugins.get("/plugins/{plugin}/off", "xenia:plugins:write")
async def ask_off(desk: Desk) -> Response[Any]:
    """Ask, with the number of people whom it touches."""
    one = await _of_path(desk)
    _refuse_needed(desk, one)
    users = await desk.host.credentials.count_users(desk.context, one.name)
    title, lead = text("admin.plugins.off"), await _off_lead(desk, one, users)
    rows = [fact("admin.plugins.column.plugin", one.title), fact("admin.plugins.users", desk.number(users))]
    return confirm_page(desk, title, lead, title, cancel=_place(one), above=_above(one), rows=rows)


async def _off_lead(desk: Desk, one: Manifest, users: int) -> Text:
    """Whom it touches: everybody who comes by a protocol, or who set something up; nobody is said to be nobody."""
    if one.name in await desk.host.protocol_settings(desk.context):
        found = await desk.host.applications.list(desk.context, limit=200)
        return text("admin.plugins.off_protocol_lead", count=sum(one.name in each.protocols for each in found))
    return text("admin.plugins.off_lead", count=users) if users else text("admin.plugins.off_nobody_lead")


@plugins.post("/plugins/{plugin}/off", "xenia:plugins:write")
async def switch_off(desk: Desk) -> Response[Any]:
    """Its pages answer 404 here from the next request on. What it stored stays."""
    one = await _of_path(desk)
    _refuse_needed(desk, one)
    await desk.host.tenants.switch_off(desk.context, desk.tenant.id, one.name)
    return desk.go(_place(one), done="switched_off")


def _refuse_needed(desk: Desk, one: Manifest) -> None:
    if needing := _needed_by(desk, one):
        raise Conflict("needed by others", public=text("admin.plugins.needed", others=", ".join(needing)))
    if one.always_on or (desk.tenant.id == SYSTEM_TENANT and one.name in STANDS_ON):
        raise Conflict("the console stands on it", public=text("admin.plugins.stays_on"))


# -- settings


@plugins.get("/plugins/{plugin}/settings", "xenia:plugins:write")
async def ask_settings(desk: Desk) -> Response[Any]:
    """Its settings as a form; secrets are never shown."""
    one = await _of_path(desk)
    return _form(desk, one, await desk.host.config.get(desk.context, _kind(one)))


@plugins.post("/plugins/{plugin}/settings", "xenia:plugins:write")
async def change_settings(desk: Desk) -> Response[Any]:
    """Store them; a blank secret keeps the one that is stored."""
    one, form = await _of_path(desk), await desk.form()
    kind = _kind(one)
    present = await desk.host.config.get(desk.context, kind)
    try:
        refuse_stale(settings_fields(kind, one.name, present), form)
        wanted = settings_from_form(kind, form, present)
        await desk.host.config.put(desk.context, kind, wanted, instead_of=present)
    except Invalid as problem:
        return _form(desk, one, present, form, problem.fields)
    except Conflict as problem:
        now = await desk.host.config.get(desk.context, kind)
        return _form(desk, one, now, errors={"": problem.public}, status=problem.status)
    return desk.go(f"{_place(one)}/settings", done="saved")


def _kind(one: Manifest) -> type[msgspec.Struct]:
    if one.settings is None:
        raise NotFound("the plugin has no settings")
    return one.settings


def _form(
    desk: Desk,
    one: Manifest,
    value: msgspec.Struct,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Text] | None = None,
    status: int | None = None,
) -> Response[Any]:
    fields = hinted(desk, labelled(desk.host, settings_fields(type(value), one.name, value)))
    name = desk.host.catalogue.say(one.title, desk.context.locale)
    title, place = text("admin.plugins.settings_of", name=name), _place(one)
    return form_page(
        desk,
        title,
        marked(fields),
        cancel=place,
        above=_above(one),
        typed=typed,
        errors=errors,
        lead=text("admin.plugins.settings_lead"),
        status=status,
        actions=_elsewhere(desk, one),
        warnings=settings_doubts(value),
    )


def _elsewhere(desk: Desk, one: Manifest) -> list[dict[str, Any]]:
    """The pages on which the rest of its settings is made."""
    pages = settings_pages(_kind(one)).items()
    return [{"label": text(f"settings.{one.name}.{name}"), "href": desk.path(page)} for name, page in pages]


def _place(one: Manifest) -> str:
    return f"/plugins/{one.name}"


def _above(one: Manifest) -> list[tuple[Text, str]]:
    return [UNDER, (one.title, _place(one))]
