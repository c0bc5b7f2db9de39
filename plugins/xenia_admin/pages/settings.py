"""The tenant: what it is, and the core's own settings of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar.response import Response

from xenia.api import (
    SYSTEM_TENANT,
    Choice,
    Conflict,
    Field,
    FieldKind,
    Invalid,
    NotFound,
    SessionSettings,
    SignInSettings,
    Text,
    settings_fields,
    settings_from_form,
    text,
    unnamed_roles,
)
from xenia_admin.application_types import LEVELS
from xenia_admin.authority import sees_all
from xenia_admin.desk import Desk
from xenia_admin.forms import confirm_page, fact, form_page, hinted
from xenia_admin.reach import MOST, reach_of
from xenia_admin.roles import names_of
from xenia_admin.section import Section
from xenia_admin.stale import NAME, marked, refuse_stale

settings = Section()
KINDS: dict[str, type[msgspec.Struct]] = {"sign_in": SignInSettings, "sessions": SessionSettings}
ROLES = ("aal2_roles", "aal3_roles")
DOCUMENT = ("xenia:applications:read", "xenia:plugins:write")
"""What the tenant's document shows besides the tenant; the settings of plugins are for those who may change them."""
UNDER = (text("admin.settings.title"), "/settings")


@settings.get("/settings", "xenia:tenant:read")
async def show_tenant(desk: Desk) -> Response[Any]:
    """The facts that everything else stands on. Roles and attributes are changed in the tenant's document."""
    await sees_all(desk)
    tenant = desk.tenant
    data = {
        "lead": text("admin.settings.lead"),
        "actions": _actions(desk),
        "tabs": _tabs(desk, ""),
        "facts": [
            fact("admin.settings.name", tenant.title),
            fact("admin.settings.id", tenant.id, code=True),
            fact("admin.settings.issuer", tenant.issuer, code=True),
            fact("admin.settings.hosts", ", ".join(tenant.hosts) or "–"),
            fact("admin.settings.locale", tenant.locale),
            fact("admin.settings.roles", ", ".join(sorted(tenant.roles)) or "–"),
        ],
    }
    return desk.page("console/detail.html", text("admin.settings.title"), data)


def _actions(desk: Desk) -> list[dict[str, Any]]:
    allowed = {"edit": desk.holds("xenia:tenant:write"), "code": all(map(desk.holds, DOCUMENT))}
    wanted = {"edit": ("admin.settings.edit", "/settings/tenant"), "code": ("admin.code.show", "/settings/code")}
    return [{"label": text(label), "href": desk.path(path)} for name, (label, path) in wanted.items() if allowed[name]]


@settings.get("/settings/{name}", "xenia:tenant:write")
async def ask_settings(desk: Desk) -> Response[Any]:
    """The settings as a form."""
    kind = _kind(desk)
    return _form(desk, await desk.host.config.get(desk.context, kind))


@settings.post("/settings/{name}", "xenia:tenant:write")
async def change_settings(desk: Desk) -> Response[Any]:
    """Store them: every process follows within a second."""
    kind, form = _kind(desk), await desk.form()
    present = await desk.host.config.get(desk.context, kind)
    try:
        refuse_stale(settings_fields(kind, desk.name("name"), present), form)
        wanted = _checked(kind, form)
        if form.get("action") != "confirm" and (question := await _question(desk, present, wanted, form)):
            return question
        await desk.host.config.put(desk.context, kind, wanted, instead_of=present)
    except Invalid as problem:
        return _form(desk, present, form, problem.fields)
    except Conflict as problem:
        now = await desk.host.config.get(desk.context, kind)
        return _form(desk, now, errors={"": problem.public}, status=problem.status)
    return desk.go(f"/settings/{desk.name('name')}", done="saved")


async def _question(
    desk: Desk, present: msgspec.Struct, wanted: msgspec.Struct, form: Mapping[str, str]
) -> Response[Any] | None:
    """Whether administrators mean to ask of themselves what some of them can't show now; ``None`` where all can."""
    if (
        desk.tenant.id != SYSTEM_TENANT
        or not isinstance(present, SignInSettings)
        or not isinstance(wanted, SignInSettings)
    ):
        return None
    reach = await reach_of(desk, present, wanted)
    if not reach.lacking:
        return None
    rows = [fact("admin.reach.lacking", desk.number(reach.lacking, MOST))]
    rows += [fact("admin.reach.oneself", text("admin.reach.you"), tone="warn")] if reach.oneself else []
    rows += [fact("admin.reach.shut", ", ".join(reach.shut), tone="bad")] if reach.shut else []
    title, lead = text("admin.reach.title"), text("admin.reach.shut_lead" if reach.shut else "admin.reach.lead")
    place = f"/settings/{desk.name('name')}"
    hidden = {name: form[name] for name in (*wanted.__struct_encode_fields__, NAME) if name in form}
    above = [UNDER, (text(f"admin.settings.{desk.name('name')}"), place)]
    return confirm_page(desk, title, lead, text("web.save"), cancel=place, above=above, rows=rows, hidden=hidden)


def _checked(kind: type[msgspec.Struct], form: Mapping[str, str]) -> msgspec.Struct:
    """The settings that were typed; none under which nobody could sign in."""
    value = settings_from_form(kind, form)
    plain = msgspec.structs.asdict(value)
    problems = {
        name: text("form.too_small", limit=1) for name, number in plain.items() if type(number) is int and number < 1
    }
    if "required_acr" in plain and plain["required_acr"] not in LEVELS:
        problems["required_acr"] = text("form.choice")
    if problems:
        raise Invalid(problems)
    return value


def _kind(desk: Desk) -> type[msgspec.Struct]:
    if desk.name("name") not in KINDS:
        raise NotFound("no such settings")
    return KINDS[desk.name("name")]


def _form(
    desk: Desk,
    value: msgspec.Struct,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Text] | None = None,
    status: int | None = None,
) -> Response[Any]:
    name = desk.name("name")
    fields = [_chosen(desk, field) for field in hinted(desk, settings_fields(type(value), name, value))]
    lead, title, tabs = text(f"admin.settings.{name}_lead"), text(f"admin.settings.{name}"), _tabs(desk, name)
    return form_page(
        desk,
        title,
        marked(fields),
        cancel="/settings",
        above=[UNDER],
        typed=typed,
        errors=errors,
        lead=lead,
        tabs=tabs,
        status=status,
        warnings=[text("admin.settings.role_unknown", role=role) for role in _unnamed(desk, value)],
    )


def _unnamed(desk: Desk, value: msgspec.Struct) -> list[str]:
    """Roles that more is asked of and that the tenant doesn't name: most likely misspelt, and then nobody is asked."""
    if not isinstance(value, SignInSettings):
        return []
    return unnamed_roles(desk.tenant.id, desk.tenant.roles, {*value.aal2_roles, *value.aal3_roles})


def _chosen(desk: Desk, field: Field) -> Field:
    """The assurance to reach is one of three; anything else would refuse every sign-in. Beside roles stands which there are."""
    if field.name in ROLES and (names := names_of(desk.tenant)):
        return msgspec.structs.replace(field, hint=text("admin.settings.roles_hint", names=", ".join(names)))
    if field.name != "required_acr":
        return field
    choices = tuple(Choice(level, text(f"admin.settings.{level}")) for level in LEVELS)
    return msgspec.structs.replace(field, kind=FieldKind.SELECT, choices=choices)


def _tabs(desk: Desk, current: str) -> list[dict[str, Any]]:
    names = ("", *KINDS) if desk.holds("xenia:tenant:write") else ("",)
    return [
        {
            "label": text(f"admin.settings.{name or 'general'}"),
            "href": desk.path(f"/settings/{name}" if name else "/settings"),
            "current": name == current,
        }
        for name in names
    ]
