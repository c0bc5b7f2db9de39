"""What stands around every page of the console, its own and those of other plugins: whose tenant, who is here, the menu."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xenia.api import Context, Host, NavItem, Session, Tenant, User, text

_MENU = (
    ("", "overview", "home", ""),
    ("/users", "users", "users", "xenia:users:read"),
    ("/sessions", "sessions", "laptop", "xenia:sessions:read"),
    ("/factors", "factors", "passkey", "xenia:credentials:read"),
    ("/applications", "applications", "app", "xenia:applications:read"),
    ("/plugins", "plugins", "plug", "xenia:plugins:read"),
    ("/audit", "audit", "log", "xenia:events:read"),
    ("/keys", "keys", "key", "xenia:keys:read"),
    ("/settings", "settings", "gear", "xenia:tenant:read"),
)


def put_frame(state: dict[str, Any], tenant: Tenant, user: User, session: Session, menu: Sequence[NavItem]) -> None:
    """Hand it to the renderer, in the request's state."""
    state["tenant_title"] = tenant.title
    state["session"] = session
    state["who"] = user.name
    state["nav"] = list(menu)


def menu_of(host: Host, tenant: Tenant, context: Context, held: frozenset[str]) -> Sequence[NavItem]:
    """The entries of a tenant's console that somebody with these permissions may open."""
    own = (
        NavItem(
            area="console",
            href=f"/console/{tenant.id}{path}",
            label=text(f"admin.{name}.title"),
            icon=icon,
            permission=permission,
        )
        for path, name, icon, permission in _MENU
    )
    entries = (*own, *host.hooks.nav_items(tenant.plugins, context, "console"))
    return [entry for entry in entries if not entry.permission or entry.permission in held]
