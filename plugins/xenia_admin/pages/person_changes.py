"""What can be changed about a person. Whatever takes something away asks first, and says what goes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from litestar.response import Response

from xenia.api import (
    SYSTEM_TENANT,
    Choice,
    Conflict,
    CredentialSummary,
    Field,
    FieldKind,
    IdentifierKind,
    Invalid,
    NewIdentifier,
    NotFound,
    Text,
    User,
    UserStatus,
    is_set,
    literal,
    text,
)
from xenia_admin.attributes import attribute_fields, attribute_values
from xenia_admin.authority import changeable, not_oneself, nothing_higher
from xenia_admin.desk import Desk
from xenia_admin.forms import confirm_page, fact, form_page
from xenia_admin.pages.people import UNDER
from xenia_admin.roles import PREFIX, allowed, role_fields, roles_given
from xenia_admin.section import Section

changes = Section()
REASON = "ended by an administrator"
INVITATION = timedelta(days=3)


def _place(user: User) -> str:
    return f"/users/{user.id}"


def _above(user: User) -> list[tuple[Text, str]]:
    return [UNDER, (literal(user.name), _place(user))]


# -- what is known


@changes.get("/users/{user_id}/edit", "xenia:users:write")
async def ask_edit(desk: Desk) -> Response[Any]:
    """The attributes as a form."""
    return _edit_form(desk, await changeable(desk))


@changes.post("/users/{user_id}/edit", "xenia:users:write")
async def edit(desk: Desk) -> Response[Any]:
    """Change the attributes."""
    user, form = await changeable(desk), await desk.form()
    try:
        await desk.host.users.set_attributes(desk.context, user.id, attribute_values(desk.tenant, form))
    except Invalid as problem:
        return _edit_form(desk, user, form, problem.fields)
    return desk.go(_place(user), done="saved")


def _edit_form(
    desk: Desk, user: User, typed: Mapping[str, str] | None = None, errors: Mapping[str, Text] | None = None
) -> Response[Any]:
    fields = attribute_fields(desk.tenant, user.attributes)
    title = text("admin.user.edit")
    return form_page(desk, title, fields, cancel=_place(user), above=_above(user), typed=typed, errors=errors)


@changes.get("/users/{user_id}/roles", "xenia:roles:write")
async def ask_roles(desk: Desk) -> Response[Any]:
    """The roles as a form."""
    user = await changeable(desk)
    not_oneself(desk, user.id)
    return _roles_form(desk, user)


@changes.post("/users/{user_id}/roles", "xenia:roles:write")
async def set_roles(desk: Desk) -> Response[Any]:
    """Replace the roles by ones that the tenant knows and that allow no more than the administrator may; asks first."""
    user, form = await changeable(desk), await desk.form()
    not_oneself(desk, user.id)
    try:
        wanted = await roles_given(desk, form)
    except Invalid as problem:
        return _roles_form(desk, user, form, problem.fields)
    await nothing_higher(desk, wanted)
    if set(wanted) == set(user.roles):
        return desk.go(_place(user), done="saved")
    if form.get("action") != "confirm":
        return _roles_question(desk, user, form, wanted)
    await desk.host.users.set_roles(desk.context, user.id, wanted)
    return desk.go(_place(user), done="saved")


def _roles_question(desk: Desk, user: User, form: Mapping[str, str], wanted: Sequence[str]) -> Response[Any]:
    """What is given and what is taken, each with what it allows."""
    given, taken = sorted(set(wanted) - set(user.roles)), sorted(set(user.roles) - set(wanted))
    rows = [fact("admin.roles.given", allowed(desk, role)) for role in given]
    rows += [fact("admin.roles.taken", allowed(desk, role)) for role in taken]
    hidden = {name: value for name, value in form.items() if name == "roles" or name.startswith(PREFIX)}
    title, lead = text("admin.roles.confirm"), text("admin.roles.confirm_lead", name=user.name)
    back = f"{_place(user)}/roles"
    above = [*_above(user), (text("admin.user.roles"), back)]
    return confirm_page(
        desk, title, lead, title, cancel=back, above=above, rows=rows, harmful=bool(taken), hidden=hidden
    )


def _roles_form(
    desk: Desk, user: User, typed: Mapping[str, str] | None = None, errors: Mapping[str, Text] | None = None
) -> Response[Any]:
    fields = role_fields(desk.tenant, user.roles)
    lead = text(
        "admin.roles.lead_system"
        if desk.tenant.id == SYSTEM_TENANT
        else "admin.roles.lead"
        if fields
        else "admin.roles.none"
    )
    title = text("admin.user.roles")
    if not fields:
        data = {"lead": lead, "actions": [{"label": text("admin.back"), "href": desk.path(_place(user))}]}
        return desk.page("console/detail.html", title, data, above=_above(user))
    return form_page(
        desk, title, fields, cancel=_place(user), above=_above(user), typed=typed, errors=errors, lead=lead
    )


# -- identifiers


@changes.get("/users/{user_id}/identifiers/new", "xenia:users:write")
async def ask_identifier(desk: Desk) -> Response[Any]:
    """The form of one more identifier."""
    return _identifier_form(desk, await changeable(desk))


@changes.post("/users/{user_id}/identifiers/new", "xenia:users:write")
async def add_identifier(desk: Desk) -> Response[Any]:
    """Add it."""
    user, form = await changeable(desk), await desk.form()
    try:
        new = NewIdentifier(
            kind=_kind(form.get("kind", "")), value=form.get("value", ""), verified=form.get("verified") == "true"
        )
        await desk.host.users.add_identifier(desk.context, user.id, new)
    except Invalid as problem:
        return _identifier_form(desk, user, form, {"value": next(iter(problem.fields.values()))})
    except Conflict as problem:
        return _identifier_form(desk, user, form, {"value": problem.public})
    return desk.go(_place(user), done="saved")


def _kind(name: str) -> IdentifierKind:
    if name not in list(IdentifierKind):
        raise Invalid({"kind": text("form.choice")})
    return IdentifierKind(name)


def _identifier_form(
    desk: Desk, user: User, typed: Mapping[str, str] | None = None, errors: Mapping[str, Text] | None = None
) -> Response[Any]:
    choices = tuple(Choice(kind.value, text(f"admin.identifier.{kind}")) for kind in IdentifierKind)
    fields = [
        Field(name="kind", label=text("admin.user.column.kind"), kind=FieldKind.SELECT, choices=choices),
        Field(name="value", label=text("admin.user.column.identifier"), autocomplete="off"),
        Field(name="verified", label=text("admin.users.verified"), kind=FieldKind.CHECKBOX, required=False),
    ]
    title = text("admin.user.add_identifier")
    return form_page(desk, title, fields, cancel=_place(user), above=_above(user), typed=typed, errors=errors)


@changes.get("/users/{user_id}/identifiers/remove", "xenia:users:write")
async def ask_remove_identifier(desk: Desk) -> Response[Any]:
    """Ask before an identifier goes."""
    user = await changeable(desk)
    lead = text("admin.user.remove_identifier_lead", value=_named_identifier(desk, user)[1], name=user.name)
    title = text("admin.user.remove_identifier")
    return confirm_page(desk, title, lead, text("web.remove"), cancel=_place(user), above=_above(user))


@changes.post("/users/{user_id}/identifiers/remove", "xenia:users:write")
async def remove_identifier(desk: Desk) -> Response[Any]:
    """Remove it; the last one stays."""
    user = await changeable(desk)
    try:
        await desk.host.users.remove_identifier(desk.context, user.id, *_named_identifier(desk, user))
    except Conflict as problem:
        raise Conflict(problem.detail, public=text("admin.user.last_identifier")) from problem
    return desk.go(_place(user), done="removed")


def _named_identifier(desk: Desk, user: User) -> tuple[IdentifierKind, str]:
    """The one that the address names, if it is this person's."""
    named = (desk.query("kind"), desk.query("value"))
    for one in user.identifiers:
        if named == (one.kind.value, one.value):
            return one.kind, one.value
    raise NotFound("no such identifier of this person")


# -- ways to sign in


@changes.get("/users/{user_id}/credentials/{credential_id}/remove", "xenia:credentials:write")
async def ask_remove_credential(desk: Desk) -> Response[Any]:
    """Ask before a way to sign in goes."""
    user = await changeable(desk)
    one = await _credential(desk, user)
    known = {it.kind: it for it in await desk.host.enrolments(desk.context)}
    whole = is_set(known.get(one.kind))
    found = await desk.host.credentials.summaries(desk.context, user.id)
    others = [it for it in found if it.id != one.id and not (whole and it.kind == one.kind)]
    left = sum(it.second or it.kind not in known or known[it.kind].sign_up for it in others)
    rows = [
        fact("admin.user.column.way", one.label or (known[one.kind].label if one.kind in known else one.kind)),
        fact("admin.user.column.added", "", when=one.created_at),
        *([fact("admin.user.together", str(len(found) - len(others)))] if whole else []),
    ]
    is_last = one.second and not any(it.second for it in others)
    lead = text(f"admin.user.remove_{'last_second' if is_last else 'credential'}_lead", name=user.name, count=left)
    title = text("admin.user.remove_credential")
    return confirm_page(desk, title, lead, text("web.remove"), cancel=_place(user), above=_above(user), rows=rows)


@changes.post("/users/{user_id}/credentials/{credential_id}/remove", "xenia:credentials:write")
async def remove_credential(desk: Desk) -> Response[Any]:
    """Remove it; what belongs together goes together."""
    user = await changeable(desk)
    one = await _credential(desk, user)
    known = {it.kind: it for it in await desk.host.enrolments(desk.context)}
    if is_set(known.get(one.kind)):
        await desk.host.credentials.remove_kind(desk.context, user.id, one.kind)
    else:
        await desk.host.credentials.remove(desk.context, user.id, one.id)
    return desk.go(_place(user), done="removed")


async def _credential(desk: Desk, user: User) -> CredentialSummary:
    wanted = desk.id("credential_id")
    for one in await desk.host.credentials.summaries(desk.context, user.id):
        if one.id == wanted:
            return one
    raise NotFound("no such credential of this person")


@changes.get("/users/{user_id}/invite", "xenia:credentials:write")
async def ask_invite(desk: Desk) -> Response[Any]:
    """Ask before a link is made with which somebody can sign in as this person."""
    user = await changeable(desk)
    lead = text("admin.user.invite_lead", name=user.name, count=INVITATION.days)
    title, label = text("admin.user.invite"), text("admin.user.invite_do")
    return confirm_page(desk, title, lead, label, cancel=_place(user), above=_above(user), harmful=False)


@changes.post("/users/{user_id}/invite", "xenia:credentials:write")
async def invite(desk: Desk) -> Response[Any]:
    """Make the link; it is shown this once, and so only for who has no way to sign in yet that it could take over."""
    user = await changeable(desk)
    if await desk.host.credentials.summaries(desk.context, user.id):
        raise Conflict("there is a way to sign in", public=text("admin.user.invite_known"))
    if user.status is not UserStatus.ACTIVE:
        raise Conflict("the person is disabled", public=text("admin.user.invite_disabled"))
    path = await desk.host.hooks.invitation(desk.context, user.id, INVITATION)
    if path is None:
        raise Conflict("no plugin invites", public=text("admin.user.invite_nobody"))
    link = await desk.host.url(desk.context, path)
    data = {
        "lead": text("admin.user.invited_lead", count=INVITATION.days),
        "facts": [fact("admin.user.link", link, code=True)],
        "actions": [{"label": text("admin.back"), "href": desk.path(_place(user))}],
    }
    return desk.page("console/detail.html", text("admin.user.invited"), data, above=_above(user))


# -- whether they may sign in


@changes.get("/users/{user_id}/disable", "xenia:users:write")
async def ask_disable(desk: Desk) -> Response[Any]:
    """Ask, with the number of sessions that end."""
    user = await changeable(desk)
    not_oneself(desk, user.id)
    sessions = len(await desk.host.sessions.of_user(desk.context, user.id))
    lead = text("admin.user.disable_lead", name=user.name, count=sessions)
    title = text("admin.user.disable")
    return confirm_page(desk, title, lead, title, cancel=_place(user), above=_above(user))


@changes.post("/users/{user_id}/disable", "xenia:users:write")
async def disable(desk: Desk) -> Response[Any]:
    """Sessions, grants and tokens end at that moment."""
    user = await changeable(desk)
    not_oneself(desk, user.id)
    await desk.host.users.set_status(desk.context, user.id, UserStatus.DISABLED)
    return desk.go(_place(user), done="disabled")


@changes.get("/users/{user_id}/enable", "xenia:users:write")
async def ask_enable(desk: Desk) -> Response[Any]:
    """Ask before somebody may sign in again."""
    user = await changeable(desk)
    title = text("admin.user.enable")
    lead = text("admin.user.enable_lead", name=user.name)
    return confirm_page(desk, title, lead, title, cancel=_place(user), above=_above(user), harmful=False)


@changes.post("/users/{user_id}/enable", "xenia:users:write")
async def enable(desk: Desk) -> Response[Any]:
    """They may sign in again."""
    user = await changeable(desk)
    await desk.host.users.set_status(desk.context, user.id, UserStatus.ACTIVE)
    return desk.go(_place(user), done="enabled")


@changes.get("/users/{user_id}/sessions/end", "xenia:sessions:write")
async def ask_end_sessions(desk: Desk) -> Response[Any]:
    """Ask, with their number."""
    user = await changeable(desk)
    sessions = len(await desk.host.sessions.of_user(desk.context, user.id))
    title = text("admin.user.end_sessions")
    lead = text("admin.user.end_sessions_lead", name=user.name, count=sessions)
    return confirm_page(desk, title, lead, title, cancel=_place(user), above=_above(user))


@changes.post("/users/{user_id}/sessions/end", "xenia:sessions:write")
async def end_sessions(desk: Desk) -> Response[Any]:
    """Sign the person out everywhere."""
    user = await changeable(desk)
    await desk.host.sessions.end_all(desk.context, user.id, reason=REASON)
    return desk.go(_place(user), done="ended")


# -- erasure


@changes.get("/users/{user_id}/erase", "xenia:users:write")
async def ask_erase(desk: Desk) -> Response[Any]:
    """Ask, and have the person's name typed."""
    user = await changeable(desk)
    not_oneself(desk, user.id)
    return await _erase_question(desk, user)


@changes.post("/users/{user_id}/erase", "xenia:users:write")
async def erase(desk: Desk) -> Response[Any]:
    """Erase the person, unless a plugin has a reason to keep them."""
    user, form = await changeable(desk), await desk.form()
    not_oneself(desk, user.id)
    if form.get("word", "").strip() != _word(user):
        return await _erase_question(desk, user, {"word": text("admin.wrong_word")})
    if reason := await desk.host.hooks.before_erase(desk.context, user):
        raise Conflict("a plugin keeps this person", public=reason)
    if not await desk.host.users.erase(desk.context, user.id):
        raise NotFound("no such user")
    return desk.go("/users", done="erased")


async def _erase_question(desk: Desk, user: User, errors: Mapping[str, Text] | None = None) -> Response[Any]:
    ways = len(await desk.host.credentials.summaries(desk.context, user.id))
    sessions = len(await desk.host.sessions.of_user(desk.context, user.id))
    rows = [
        fact("admin.user.identifiers", str(len(user.identifiers))),
        fact("admin.user.credentials", str(ways)),
        fact("admin.user.sessions", str(sessions)),
    ]
    title, lead = text("admin.user.erase"), text("admin.user.erase_lead", name=user.name)
    return confirm_page(
        desk, title, lead, title, cancel=_place(user), above=_above(user), word=_word(user), rows=rows, errors=errors
    )


def _word(user: User) -> str:
    """What must be typed: an identifier as it is shown."""
    return user.email or (user.identifiers[0].value if user.identifiers else str(user.id))
