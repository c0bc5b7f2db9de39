"""People: found, and created."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar.response import Response

from xenia.api import (
    Conflict,
    Field,
    FieldKind,
    IdentifierKind,
    Invalid,
    NewIdentifier,
    NewUser,
    Text,
    User,
    UserQuery,
    UserStatus,
    text,
)
from xenia_admin.attributes import attribute_fields, attribute_values
from xenia_admin.authority import visible
from xenia_admin.desk import Desk
from xenia_admin.forms import cell, face, form_page
from xenia_admin.section import Section

people = Section()
PAGE = 25
UNDER = (text("admin.users.title"), "/users")
TONES = {UserStatus.ACTIVE: "good", UserStatus.DISABLED: "warn", UserStatus.ERASED: "plain"}
_TABS = ("", "active", "disabled", "erased")


@people.get("/users", "xenia:users:read")
async def list_people(desk: Desk) -> Response[Any]:
    """Everybody, newest first, narrowed by what the address says."""
    seen = await visible(desk)
    search, status, after = desk.query("q"), desk.query("status"), desk.query("after")
    query = UserQuery(
        search=search,
        status=UserStatus(status) if status in _TABS[1:] else None,
        among=None if seen.everything else seen.users,
        after=after,
        limit=PAGE,
    )
    page = await desk.host.users.list(desk.context, query)
    add = (
        {"label": text("admin.users.add"), "href": desk.path("/users/new")} if desk.holds("xenia:users:write") else None
    )
    data = {
        "lead": text("admin.users.lead"),
        "add": add,
        "tabs": [_tab(desk, one, status, search) for one in _TABS],
        "search": {"value": search, "label": text("admin.users.search"), "keep": {"status": status} if status else {}},
        "columns": [text(f"admin.users.column.{name}") for name in ("person", "status", "roles", "created")],
        "rows": [_row(desk, user) for user in page.users],
        "nothing": _nothing(search, status, add),
        "previous": desk.path("/users", q=search, status=status) if after else "",
        "next": desk.path("/users", q=search, status=status, after=page.next) if page.next else "",
    }
    return desk.page("console/list.html", text("admin.users.title"), data)


def _tab(desk: Desk, status: str, current: str, search: str) -> dict[str, Any]:
    label = text(f"admin.status.{status or 'all'}")
    return {"label": label, "href": desk.path("/users", q=search, status=status), "current": status == current}


def _row(desk: Desk, user: User) -> list[dict[str, Any]]:
    known = user.email or (user.identifiers[0].value if user.identifiers else "")
    return [
        cell(
            user.name,
            href=desk.path(f"/users/{user.id}"),
            note=known if known != user.name else "",
            face=face(user.name),
        ),
        cell(text(f"admin.status.{user.status}"), tone=TONES[user.status]),
        cell(", ".join(user.roles) or "–"),
        cell("", when=user.created_at),
    ]


def _nothing(search: str, status: str, add: Mapping[str, Any] | None) -> dict[str, Any]:
    if search or status:
        return {"title": text("admin.users.none_found"), "lead": text("admin.users.none_found_lead")}
    return {"title": text("admin.users.none"), "lead": text("admin.users.none_lead"), "action": add}


@people.get("/users/new", "xenia:users:write")
async def ask_person(desk: Desk) -> Response[Any]:
    """The form of a new person."""
    return _form(desk)


@people.post("/users/new", "xenia:users:write")
async def create_person(desk: Desk) -> Response[Any]:
    """Create them. They choose how to sign in by an invitation, or at their first sign-in."""
    form = await desk.form()
    try:
        return desk.go(f"/users/{await _created(desk, form)}", done="created")
    except Invalid as problem:
        return _form(desk, form, problem.fields)
    except Conflict as problem:
        return _form(desk, form, {"email": problem.public})


async def _created(desk: Desk, form: Mapping[str, str]) -> UUID:
    known = {name: value for name, value in attribute_values(desk.tenant, form).items() if value not in (None, False)}
    identifiers = [
        NewIdentifier(
            kind=kind, value=form[kind.value], verified=kind is IdentifierKind.EMAIL and form.get("verified") == "true"
        )
        for kind in (IdentifierKind.EMAIL, IdentifierKind.USERNAME)
        if form.get(kind.value, "").strip()
    ]
    if not identifiers:
        raise Invalid({"email": text("admin.users.needs_identifier")})
    new = NewUser(identifiers=tuple(identifiers), attributes=known)
    if problems := await desk.host.hooks.validate_user(desk.context, new):
        raise Invalid(problems)
    return (await desk.host.users.create(desk.context, new)).id


def _form(
    desk: Desk, typed: Mapping[str, str] | None = None, errors: Mapping[str, Text] | None = None
) -> Response[Any]:
    fields = [
        Field(
            name="email",
            label=text("admin.identifier.email"),
            kind=FieldKind.EMAIL,
            required=False,
            autocomplete="off",
            autofocus=True,
        ),
        Field(
            name="verified",
            label=text("admin.users.verified"),
            hint=text("admin.users.verified_hint"),
            kind=FieldKind.CHECKBOX,
            required=False,
        ),
        Field(name="username", label=text("admin.identifier.username"), required=False, autocomplete="off"),
        *attribute_fields(desk.tenant, {}),
    ]
    return form_page(
        desk,
        text("admin.users.add"),
        fields,
        cancel="/users",
        above=[UNDER],
        typed=typed,
        errors=errors,
        submit="admin.users.create",
    )
