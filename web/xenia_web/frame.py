"""What a page is drawn in: the reader's language, the tenant, who is signed in. Read from the request once.

The host puts these keys into ``request.scope["state"]``; each may be missing:

=================  =====================================================================================
``context``        ``xenia.context.Context``: its ``locale`` is the page's language
``base``           the path prefix that the host stripped, ``""`` or ``"/t/demo"``
``tenant_title``   the tenant's name as people know it
``csrf``           the token for this page's forms, masked anew for each response, or ``""``
``session``        the ``Session`` of who is signed in, or ``None``
``who``            that person's name or address, as shown beside "Sign out"
``nav``            the menu of this area: entries with ``href``, ``label`` and ``icon`` (``NavItem``), in order
``form_action``    origins that a form of this page may lead to (not drawn: the content security policy's)
``timezone``       the reader's ``tzinfo``; times are shown in UTC, and say so, without it
``stylesheets``    addresses of further style sheets: the tenant's theme
=================  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any

import msgspec

from xenia.api import Context


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """Everything around a page's own data. Every field is a name that templates may use."""

    locale: str = "en"
    base: str = ""
    here: str = "/"
    tenant: str = ""
    csrf_token: str = ""
    signed_in: bool = False
    who: str = ""
    nav: tuple[Any, ...] = ()
    current: str = ""
    zone: tzinfo = UTC
    stylesheets: tuple[str, ...] = ()


def frame_of(scope: Mapping[str, Any]) -> Frame:
    """The frame of a request. ``here`` is the page's own address, base included, without its query."""
    state: Mapping[str, Any] = scope.get("state", {})
    context: Context | None = state.get("context")
    base, nav = state.get("base", ""), tuple(state.get("nav", ()))
    path = scope.get("path", "/")
    return Frame(
        locale=context.locale if context else "en",
        base=base,
        here=base + path,
        tenant=state.get("tenant_title") or (context.tenant if context else ""),
        csrf_token=state.get("csrf", ""),
        signed_in=state.get("session") is not None,
        who=state.get("who", ""),
        nav=nav,
        current=_current(path, [item.href for item in nav]),
        zone=state.get("timezone") or UTC,
        stylesheets=tuple(state.get("stylesheets", ())),
    )


def _current(path: str, addresses: Sequence[str]) -> str:
    """The menu's entry that the page belongs to: the longest address that is the path or stands above it."""
    above = [address for address in addresses if path == address or path.startswith(address.rstrip("/") + "/")]
    return max(above, key=len, default="")
