"""What a page is drawn in: the reader's language, the tenant, who is signed in. Read from the request once.

The host puts these keys into ``request.scope["state"]``; each may be missing:

=================  =====================================================================================
``context``        ``xenia.context.Context``: its ``locale`` is the page's language
``base``           the path prefix that the host stripped, ``""`` or ``"/t/demo"``
``tenant_title``   the tenant's name as people know it
``csrf``           the token for this page's forms, masked anew for each response, or ``""``
``session``        the ``Session`` of who is signed in, or ``None``
``who``            that person's name or address, as shown beside "Sign out"
``tenant``         the tenant: what its plugins add to menus and named places is shown
``nav``            the ``NavItem`` entries of the menu, where a page has asked which of them are open to this person
``form_action``    origins that a form of this page may lead to (not drawn: the content security policy's)
``timezone``       the reader's ``tzinfo``; times are shown in UTC, and say so, without it
``stylesheets``    addresses of further style sheets: the tenant's theme
=================  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from functools import partial
from typing import Any, Protocol

import msgspec

from xenia.api import Context, NavItem, SlotPart, Tenant


class PageHooks(Protocol):
    """What plugins add to pages, asked of those that are on."""

    def nav_items(self, on: frozenset[str], context: Context, area: str) -> Sequence[NavItem]:
        """The entries of an area's menu, in order."""
        ...

    def page_slot(self, on: frozenset[str], context: Context, slot: str) -> Sequence[SlotPart]:
        """The parts of a named place, in order."""
        ...

    def choose_theme(self, on: frozenset[str], context: Context) -> str | None:
        """A further style sheet, by its name without ``.css``."""
        ...

    def template_context(self, on: frozenset[str], context: Context) -> Mapping[str, Any]:
        """Values for every template."""
        ...


def no_parts(_name: str) -> tuple[()]:
    """What a host without plugins adds to a menu or a place of a page."""
    return ()


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """Everything around a page's own data. Every field is a name that templates may use."""

    locale: str = "en"
    base: str = ""
    here: str = "/"
    tenant: str = ""
    csrf_token: str = ""
    signed_in: bool = False
    who: str = ""
    nav: tuple[NavItem, ...] = ()
    menus: Callable[[str], Sequence[NavItem]] = no_parts
    slots: Callable[[str], Sequence[SlotPart]] = no_parts
    zone: tzinfo = UTC
    stylesheets: tuple[str, ...] = ()
    theme: str = ""
    given: Mapping[str, Any] = {}


def frame_of(scope: Mapping[str, Any], hooks: PageHooks | None = None) -> Frame:
    """The frame of a request. ``here`` is the page's own address, base included, without its query."""
    state: Mapping[str, Any] = scope.get("state", {})
    context: Context | None = state.get("context")
    tenant: Tenant | None = state.get("tenant")
    base = state.get("base", "")
    return Frame(
        locale=context.locale if context else "en",
        base=base,
        here=base + scope.get("path", "/"),
        tenant=state.get("tenant_title") or (context.tenant if context else ""),
        csrf_token=state.get("csrf", ""),
        signed_in=state.get("session") is not None,
        who=state.get("who", ""),
        nav=tuple(state.get("nav", ())),
        zone=state.get("timezone") or UTC,
        stylesheets=tuple(state.get("stylesheets", ())),
        **(_of_plugins(hooks, tenant, context) if hooks and tenant and context else {}),
    )


def _of_plugins(hooks: PageHooks, tenant: Tenant, context: Context) -> dict[str, Any]:
    """What the tenant's plugins add to a page."""
    return {
        "menus": partial(hooks.nav_items, tenant.plugins, context),
        "slots": partial(hooks.page_slot, tenant.plugins, context),
        "theme": hooks.choose_theme(tenant.plugins, context) or "",
        "given": hooks.template_context(tenant.plugins, context),
    }


def open_entries(items: Sequence[NavItem]) -> list[NavItem]:
    """Entries for everybody; one with a permission shows only where a page hands over a menu that it has asked about."""
    return [item for item in items if not item.permission]


def current_entry(path: str, items: Sequence[NavItem]) -> str:
    """The entry that the page belongs to: the longest address that is the path or stands above it."""
    above = [item.href for item in items if path == item.href or path.startswith(item.href.rstrip("/") + "/")]
    return max(above, key=len, default="")
