"""SCIM: routes for programs with a token of their own scope (RFC 7644)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import get
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from xenia.api import (
    Forbidden,
    Host,
    Manifest,
    NotFound,
    Permission,
    UserQuery,
    bearer,
    context_of,
    hookimpl,
    literal,
    parse_id,
)

READ, WRITE = "xenia:scim:read", "xenia:scim:write"
manifest = Manifest(name="scim", title=literal("SCIM"), summary=literal("People come and go by another system's word."))


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return Permission(READ, "Read people by SCIM."), Permission(WRITE, "Change people by SCIM.")


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    @get("/scim/v2/Users", opt={"guard": bearer(READ)})
    async def users(request: Request[Any, Any, Any]) -> dict[str, Any]:
        context = context_of(request)
        found = await host.users.list(context, UserQuery(limit=50))
        return {"totalResults": len(found.users), "Resources": [{"id": str(one.id)} for one in found.users]}

    @get("/scim/v2/Users/{user_id:str}", opt={"guard": bearer(READ)})
    async def user(request: Request[Any, Any, Any], user_id: FromPath[str]) -> dict[str, Any]:
        known = parse_id(user_id)
        found = await host.users.get(context_of(request), known) if known else None
        if found is None:
            raise NotFound("no such user")
        if found.roles:
            raise Forbidden("who has roles is not managed by SCIM")
        return {"id": str(found.id), "userName": found.email}

    return users, user
