"""The way in: which tenant? Only those that the administrator was given are named."""

from __future__ import annotations

from typing import Any

from litestar import get
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.response import Response

from xenia.api import Host, Page, Redirect, Tenant, TenantStatus, console, path_below, state_of, text
from xenia_admin.administrators import Administrator
from xenia_admin.forms import cell


def routes(host: Host) -> list[BaseRouteHandler]:
    """The front door, and the choice of tenants."""

    @get("/console", opt={"guard": console("")})
    async def enter(request: Request[Any, Any, Any]) -> Response[Any]:
        """To the tenant, where there is but one; else to the choice."""
        given = await _given(host, request)
        place = f"/console/{given[0].id}" if len(given) == 1 else "/console/tenants"
        return Redirect(path_below(request, place))

    @get("/console/tenants", opt={"guard": console("")})
    async def choose(request: Request[Any, Any, Any]) -> Response[Any]:
        """Every tenant that the administrator was given."""
        given, state = await _given(host, request), state_of(request)
        administrator: Administrator = state["administrator"]
        state |= {"session": administrator.session, "who": administrator.user.name, "nav": []}
        data = {
            "lead": text("admin.tenants.lead"),
            "columns": [text(f"admin.tenants.column.{name}") for name in ("tenant", "state", "address")],
            "rows": [_row(one) for one in given],
            "nothing": {"title": text("admin.tenants.none"), "lead": text("admin.tenants.none_lead")},
        }
        return Page("console/list.html", data, title=text("admin.tenants.title"))

    return [enter, choose]


async def _given(host: Host, request: Request[Any, Any, Any]) -> list[Tenant]:
    administrator: Administrator = state_of(request)["administrator"]
    return [tenant for tenant in await host.tenants.all() if administrator.reaches(tenant.id)]


def _row(tenant: Tenant) -> list[dict[str, Any]]:
    is_served = tenant.status is TenantStatus.ACTIVE
    state = cell(text("admin.on" if is_served else "admin.tenants.suspended"), tone="good" if is_served else "warn")
    return [cell(tenant.title, href=f"/console/{tenant.id}", note=tenant.id), state, cell(tenant.issuer)]
