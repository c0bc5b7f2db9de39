"""The tenant itself: its title, and the hosts that lead to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from litestar.response import Response

from xenia.api import Conflict, Field, FieldKind, Forbidden, Invalid, Text, text
from xenia_admin.desk import Desk
from xenia_admin.forms import confirm_page, fact, form_page, read_by
from xenia_admin.pages.settings import UNDER
from xenia_admin.section import Section
from xenia_admin.stale import NAME, marked, refuse_stale

tenant = Section()


@tenant.get("/settings/tenant", "xenia:tenant:write")
async def ask_tenant(desk: Desk) -> Response[Any]:
    """Title and hosts as a form."""
    return _form(desk)


@tenant.post("/settings/tenant", "xenia:tenant:write")
async def change_tenant(desk: Desk) -> Response[Any]:
    """Store them; asks first where a host goes, since whoever comes by it gets nowhere."""
    form = await desk.form()
    title, hosts = form.get("title", "").strip(), _hosts(desk, form)
    gone = sorted(set(desk.tenant.hosts) - set(hosts))
    try:
        refuse_stale(_fields(desk), form)
    except Conflict as problem:
        return _form(desk, errors={"": problem.public}, status=problem.status)
    try:
        _check(desk, hosts)
        if gone and form.get("action") != "confirm":
            return _question(desk, title, hosts, gone, form)
        await desk.host.tenants.change(desk.context, desk.tenant.id, title=title, hosts=hosts)
    except Invalid as problem:
        return _form(desk, form, problem.fields)
    except Conflict:
        return _form(desk, form, {"hosts": text("admin.settings.host_taken")})
    return desk.go("/settings", done="saved")


def _hosts(desk: Desk, form: Mapping[str, str]) -> tuple[str, ...]:
    """The hosts that were typed; who may not change them posts none."""
    if "hosts" not in form:
        return desk.tenant.hosts
    lines = read_by(_hosts_field(desk), form["hosts"])
    return tuple(sorted({line.lower() for line in lines}))


def _check(desk: Desk, hosts: tuple[str, ...]) -> None:
    """Who takes a host, takes the pages under it: that is for administrators of everything, and never the house's own."""
    if set(hosts) == set(desk.tenant.hosts):
        return
    if not desk.administrator.is_chief:
        raise Forbidden("hosts are given by administrators of everything", public=text("admin.only_chief"))
    settings = desk.host.settings
    own = {urlsplit(address).hostname for address in (settings.public_url, settings.console_url)}
    if own & (set(hosts) - set(desk.tenant.hosts)):
        raise Invalid({"hosts": text("admin.settings.host_own")})
    issuer = urlsplit(desk.tenant.issuer).hostname
    if issuer in set(desk.tenant.hosts) - set(hosts):
        raise Invalid({"hosts": text("admin.settings.host_issuer", host=str(issuer))})


def _question(
    desk: Desk, title: str, hosts: tuple[str, ...], gone: list[str], form: Mapping[str, str]
) -> Response[Any]:
    lead, label = text("admin.settings.host_gone_lead"), text("admin.settings.host_gone")
    rows = [
        fact("admin.settings.host_gone_rows", ", ".join(gone)),
        fact("admin.settings.hosts", ", ".join(hosts) or "–"),
    ]
    hidden = {"title": title, "hosts": "\n".join(hosts), NAME: form.get(NAME, "")}
    return confirm_page(desk, label, lead, label, cancel="/settings/tenant", above=[UNDER], rows=rows, hidden=hidden)


def _fields(desk: Desk) -> list[Field]:
    name = Field(name="title", label=text("admin.settings.name"), value=desk.tenant.title, autocomplete="off")
    return [name, _hosts_field(desk)] if desk.administrator.is_chief else [name]


def _form(
    desk: Desk,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Text] | None = None,
    status: int | None = None,
) -> Response[Any]:
    fields = marked(_fields(desk))
    title, lead = text("admin.settings.edit"), text("admin.settings.edit_lead", issuer=desk.tenant.issuer)
    return form_page(
        desk, title, fields, cancel="/settings", above=[UNDER], typed=typed, errors=errors, lead=lead, status=status
    )


def _hosts_field(desk: Desk) -> Field:
    return Field(
        name="hosts",
        label=text("admin.settings.hosts"),
        hint=text("admin.settings.hosts_hint"),
        kind=FieldKind.MULTILINE,
        value="\n".join(desk.tenant.hosts),
        required=False,
        autocomplete="off",
    )
