"""Roles as a form: boxes to tick where the tenant names its roles, lines to write where administrators are given tenants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xenia.api import SYSTEM_TENANT, Field, FieldKind, Invalid, Tenant, Text, literal, text, unnamed_roles
from xenia_admin.administrators import EVERYTHING
from xenia_admin.desk import Desk

PREFIX = "role."


def names_of(tenant: Tenant) -> list[str]:
    """The roles that mean something in a tenant."""
    return [*((EVERYTHING,) if tenant.id == SYSTEM_TENANT else ()), *sorted(tenant.roles)]


def is_named(tenant: Tenant, role: str) -> bool:
    """Whether the tenant names a role; administrators hold theirs for a tenant too (``admin:demo``)."""
    return not unnamed_roles(tenant.id, tenant.roles, [role])


def role_fields(tenant: Tenant, held: Iterable[str]) -> list[Field]:
    """The fields, filled with the roles that somebody holds. Roles that the tenant no longer names can be taken away as well."""
    held = sorted(held)
    if tenant.id == SYSTEM_TENANT:
        label, hint = (
            text("admin.users.column.roles"),
            text("admin.roles.hint", names=", ".join(names_of(tenant))),
        )
        return [
            Field(
                name="roles",
                label=label,
                hint=hint,
                kind=FieldKind.MULTILINE,
                value="\n".join(held),
                required=False,
                autocomplete="off",
            )
        ]
    return [
        Field(
            name=PREFIX + role,
            label=literal(role),
            hint=literal(", ".join(tenant.roles.get(role, ()))) if tenant.roles.get(role) else None,
            kind=FieldKind.CHECKBOX,
            value="true" if role in held else "",
            required=False,
        )
        for role in sorted({*tenant.roles, *held})
    ]


def allowed(desk: Desk, role: str) -> Text:
    """A role with what it allows, in words."""
    name, _, where = role.partition(":")
    if desk.tenant.id == SYSTEM_TENANT and name == EVERYTHING:
        return text("admin.roles.everything_in", role=role, tenant=where) if where else text("admin.roles.everything")
    held = ", ".join(desk.tenant.roles.get(name, ()))
    return literal(f"{role}: {held}") if held else text("admin.roles.nothing", role=role)


async def roles_given(desk: Desk, form: Mapping[str, str]) -> tuple[str, ...]:
    """The roles that were chosen. Raises ``Invalid`` for one that means nothing."""
    if desk.tenant.id != SYSTEM_TENANT:
        return tuple(role for role in sorted(desk.tenant.roles) if form.get(PREFIX + role) == "true")
    wanted = tuple(line.strip() for line in form.get("roles", "").splitlines() if line.strip())
    for role in wanted:
        if not await _is_known(desk, role):
            raise Invalid({"roles": text("admin.roles.unknown", role=role)})
    return wanted


async def _is_known(desk: Desk, role: str) -> bool:
    _, colon, where = role.partition(":")
    return is_named(desk.tenant, role) and (not colon or await desk.host.tenants.get(where) is not None)
