"""What people sign in to: listed, made by type, changed, removed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar.response import Response

from xenia.api import Application, Conflict, Field, FieldKind, Invalid, NotFound, Text, literal, text
from xenia_admin.application_types import (
    LEVELS,
    PROTOCOL,
    ApplicationType,
    general_fields,
    protocol_fields,
    protocol_values,
    type_of,
)
from xenia_admin.authority import may, no_wider, sees_all
from xenia_admin.desk import Desk
from xenia_admin.forms import cell, confirm_page, fact, form_page
from xenia_admin.section import Section

applications = Section()
PAGE = 25
UNDER = (text("admin.applications.title"), "/applications")
_TYPE_ICONS = {"web": "globe", "spa": "code", "native": "phone", "service": "gear"}


@applications.get("/applications", "xenia:applications:read")
async def list_applications(desk: Desk) -> Response[Any]:
    """Every application, by id."""
    await sees_all(desk)
    after = desk.query("after")
    found = await desk.host.applications.list(desk.context, after=after, limit=PAGE + 1)
    may_write = desk.holds("xenia:applications:write")
    add = {"label": text("admin.applications.add"), "href": desk.path("/applications/new")} if may_write else None
    data = {
        "lead": text("admin.applications.lead"),
        "add": add,
        "columns": [text(f"admin.applications.column.{name}") for name in ("title", "type", "id", "state")],
        "rows": [_row(desk, one) for one in found[:PAGE]],
        "nothing": {
            "title": text("admin.applications.none"),
            "lead": text("admin.applications.none_lead"),
            "action": add,
        },
        "previous": desk.path("/applications") if after else "",
        "next": desk.path("/applications", after=found[PAGE - 1].id) if len(found) > PAGE else "",
    }
    return desk.page("console/list.html", text("admin.applications.title"), data)


def _row(desk: Desk, one: Application) -> list[dict[str, Any]]:
    return [
        cell(one.title, href=desk.path(f"/applications/{one.id}")),
        cell(text(f"admin.application.type.{type_of(one)}")),
        cell(one.id, code=True),
        _state(one),
    ]


def _state(one: Application) -> dict[str, Any]:
    return cell(text("admin.on" if one.enabled else "admin.off"), tone="good" if one.enabled else "warn")


# -- one of them


@applications.get("/applications/{application_id}", "xenia:applications:read")
async def show_application(desk: Desk) -> Response[Any]:
    """Facts to copy, a request to try, and its addresses."""
    one = await of_path(desk)
    return desk.page("admin/application.html", literal(one.title), await application_data(desk, one), above=[UNDER])


async def application_data(desk: Desk, one: Application, *, secret: str = "") -> dict[str, Any]:
    """What the application's page shows; ``secret`` the one time that there is one to show."""
    oidc = one.protocols.get(PROTOCOL, {})
    return {
        "secret": secret,
        "warnings": await desk.host.weaknesses(one),
        "facts": [
            fact("admin.application.client_id", one.id, code=True),
            fact("admin.application.discovery", f"{desk.tenant.issuer}/.well-known/openid-configuration", code=True),
            fact("admin.applications.column.type", text(f"admin.application.type.{type_of(one)}")),
            {"label": text("admin.applications.column.state"), **_state(one)},
            *_asked(one),
            fact("admin.application.managed_by", one.managed_by),
        ],
        "addresses": [*map(str, oidc.get("redirect_uris", ()))],
        "scopes": [*map(str, oidc.get("scopes", ()))],
        "snippet": _snippet(desk, one),
        "actions": _actions(desk, one),
    }


def _asked(one: Application) -> list[dict[str, Any]]:
    """What its sign-ins must reach, where people sign in to it."""
    if type_of(one) is ApplicationType.SERVICE:
        return []
    asked = text(f"admin.settings.{one.required_acr}" if one.required_acr in LEVELS else "admin.application.as_tenant")
    return [fact("admin.application.required_acr", asked)]


def _actions(desk: Desk, one: Application) -> list[dict[str, Any]]:
    code = {"label": text("admin.code.show"), "href": desk.path(f"/applications/{one.id}/code"), "harmful": False}
    if not desk.holds("xenia:applications:write"):
        return [code]
    names = ["edit", *(["secrets/add", "secrets/end"] if type_of(one).has_secret else []), "remove"]
    return [
        code,
        *(
            {
                "label": text(f"admin.application.{name.replace('/', '_')}"),
                "href": desk.path(f"/applications/{one.id}/{name}"),
                "harmful": name == "remove",
            }
            for name in names
        ),
    ]


def _snippet(desk: Desk, one: Application) -> str:
    """What a developer pastes, with the real names in it."""
    lines = [f"ISSUER={desk.tenant.issuer}", f"CLIENT_ID={one.id}"]
    if type_of(one).has_secret:
        lines.append("CLIENT_SECRET=…")
    uris = one.protocols.get(PROTOCOL, {}).get("redirect_uris", ())
    return "\n".join([*lines, *(f"REDIRECT_URI={uri}" for uri in uris[:1])])


async def of_path(desk: Desk) -> Application:
    """The application of the path. Raises ``NotFound``."""
    await may(desk, "application", desk.name("application_id"))
    found = await desk.host.applications.get(desk.context, desk.name("application_id"))
    if found is None:
        raise NotFound("no such application")
    return found


async def changeable(desk: Desk) -> Application:
    """One that may ask for nothing that the administrator lacks: who makes a secret for it, could act as it."""
    found = await of_path(desk)
    await no_wider(desk, found.protocols)
    return found


# -- making one


@applications.get("/applications/new", "xenia:applications:write")
async def choose_type(desk: Desk) -> Response[Any]:
    """The type first: it decides what else is asked."""
    types = [
        {
            "title": text(f"admin.application.type.{one}"),
            "lead": text(f"admin.application.type_lead.{one}"),
            "icon": _TYPE_ICONS[one],
            "href": desk.path(f"/applications/new/{one}"),
        }
        for one in ApplicationType
    ]
    return desk.page("admin/types.html", text("admin.applications.add"), {"types": types}, above=[UNDER])


@applications.get("/applications/new/{type}", "xenia:applications:write")
async def ask_application(desk: Desk) -> Response[Any]:
    """The fields of that type alone."""
    return await _new_form(desk)


@applications.post("/applications/new/{type}", "xenia:applications:write")
async def create_application(desk: Desk) -> Response[Any]:
    """Make it; the secret, where it has one, is shown this once."""
    kind, form = _type(desk), await desk.form()
    fields = await protocol_fields(desk.host, desk.context, kind.first_fields, kind.start)
    wanted = Application(
        tenant=desk.tenant.id,
        id=form.get("id", "").strip() or _slug(form.get("title", "")),
        title=form.get("title", "").strip(),
        protocols={PROTOCOL: {**kind.start, **protocol_values(fields, form)}},
    )
    await no_wider(desk, wanted.protocols)
    try:
        made = await desk.host.applications.put(desk.context, wanted, expected=0)
    except Invalid as problem:
        return await _new_form(desk, form, problem.fields)
    except Conflict:
        return await _new_form(desk, form, {"id": text("admin.application.id_taken")})
    if not kind.has_secret:
        return desk.go(f"/applications/{made.id}", done="created")
    secret = await desk.host.applications.add_secret(desk.context, made.id)
    data = await application_data(desk, made, secret=secret)
    return desk.page("admin/application.html", literal(made.title), data, above=[UNDER])


async def _new_form(
    desk: Desk, typed: Mapping[str, str] | None = None, errors: Mapping[str, Text] | None = None
) -> Response[Any]:
    kind = _type(desk)
    made = await protocol_fields(desk.host, desk.context, kind.first_fields, kind.start)
    fields = [*general_fields(), *made]
    title, lead = text(f"admin.application.new.{kind}"), text(f"admin.application.type_lead.{kind}")
    above = [UNDER, (text("admin.applications.add"), "/applications/new")]
    return form_page(
        desk,
        title,
        fields,
        cancel="/applications/new",
        above=above,
        typed=typed,
        errors=errors,
        lead=lead,
        submit="admin.users.create",
    )


def _type(desk: Desk) -> ApplicationType:
    if desk.name("type") not in list(ApplicationType):
        raise NotFound("no such type of application")
    return ApplicationType(desk.name("type"))


def _slug(title: str) -> str:
    """An id from a title: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40]


# -- changing one


@applications.get("/applications/{application_id}/edit", "xenia:applications:write")
async def ask_edit(desk: Desk) -> Response[Any]:
    """Its settings as a form."""
    return await _edit_form(desk, await changeable(desk))


@applications.post("/applications/{application_id}/edit", "xenia:applications:write")
async def edit_application(desk: Desk) -> Response[Any]:
    """Store it, in the version that the form showed."""
    one, form = await changeable(desk), await desk.form()
    oidc = one.protocols.get(PROTOCOL, {})
    fields = await protocol_fields(desk.host, desk.context, type_of(one).fields, oidc)
    wanted = msgspec.structs.replace(
        one,
        title=form.get("title", "").strip(),
        home=form.get("home", "").strip(),
        required_acr=form.get("required_acr", one.required_acr),
        enabled=form.get("enabled") == "true",
        first_party=form.get("first_party") == "true",
        protocols={**one.protocols, PROTOCOL: {**oidc, **protocol_values(fields, form)}},
    )
    await no_wider(desk, wanted.protocols)
    try:
        await desk.host.applications.put(desk.context, wanted, expected=_version(form))
    except Invalid as problem:
        return await _edit_form(desk, one, form, problem.fields)
    return desk.go(f"/applications/{one.id}", done="saved")


def _version(form: Mapping[str, str]) -> int:
    """The version that was looked at; one that makes no sense matches none."""
    given = form.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


async def _edit_form(
    desk: Desk, one: Application, typed: Mapping[str, str] | None = None, errors: Mapping[str, Text] | None = None
) -> Response[Any]:
    made = await protocol_fields(desk.host, desk.context, type_of(one).fields, one.protocols.get(PROTOCOL, {}))
    version = Field(
        name="version", label=text("admin.application.version"), kind=FieldKind.HIDDEN, value=str(one.version)
    )
    fields, place = [*general_fields(one), *made, version], f"/applications/{one.id}"
    return form_page(
        desk,
        text("admin.application.edit"),
        fields,
        cancel=place,
        above=[UNDER, (literal(one.title), place)],
        typed=typed,
        errors=errors,
    )


# -- removing one


@applications.get("/applications/{application_id}/remove", "xenia:applications:write")
async def ask_remove(desk: Desk) -> Response[Any]:
    """Ask, and have its id typed."""
    return _remove_question(desk, await changeable(desk))


@applications.post("/applications/{application_id}/remove", "xenia:applications:write")
async def remove_application(desk: Desk) -> Response[Any]:
    """Remove it; its grants and tokens end at that moment."""
    one, form = await changeable(desk), await desk.form()
    if form.get("word", "").strip() != one.id:
        return _remove_question(desk, one, {"word": text("admin.wrong_word")})
    await desk.host.applications.remove(desk.context, one.id)
    return desk.go("/applications", done="removed")


def _remove_question(desk: Desk, one: Application, errors: Mapping[str, Text] | None = None) -> Response[Any]:
    title, lead = text("admin.application.remove"), text("admin.application.remove_lead", title=one.title)
    place = f"/applications/{one.id}"
    return confirm_page(
        desk, title, lead, title, cancel=place, above=[UNDER, (literal(one.title), place)], word=one.id, errors=errors
    )
