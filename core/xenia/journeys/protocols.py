"""Where the host's own journeys go on: to a page of ours, or to the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar.connection import Request
from litestar.response import Response

from xenia.context import Context
from xenia.http.state import path_below
from xenia.security.redirects import same_origin_path
from xenia.sessions.models import Session
from xenia.ui import Redirect


class PageProtocol:
    """Back to the page of this tenant that asked for a sign-in."""

    name = "page"
    settings: type[msgspec.Struct] | None = None

    async def resume(
        self, context: Context, data: Mapping[str, Any], session: Session, request: Request[Any, Any, Any]
    ) -> Response[Any]:
        """To the page, which is a path of our own whatever was stored."""
        return Redirect(path_below(request, same_origin_path(str(data.get("path", ""))) or "/account"))

    async def abandon(
        self, context: Context, data: Mapping[str, Any], request: Request[Any, Any, Any]
    ) -> Response[Any]:
        """To the tenant's front door."""
        return Redirect(path_below(request, "/"))


class AccountProtocol(PageProtocol):
    """To the person's own account."""

    name = "account"
