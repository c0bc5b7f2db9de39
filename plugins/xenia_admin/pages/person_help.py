"""What is done for somebody who lost a way to sign in, without the administrator learning anything that they could sign in with."""

from __future__ import annotations

from typing import Any

from litestar.response import Response

from xenia.api import Conflict, Text, User, literal, text
from xenia_admin.authority import changeable
from xenia_admin.desk import Desk
from xenia_admin.forms import confirm_page
from xenia_admin.pages.people import UNDER
from xenia_admin.section import Section

helping = Section()
PASSWORD = "password"  # noqa: S105  a kind of credential


def _place(user: User) -> str:
    return f"/users/{user.id}"


def _question(desk: Desk, user: User, name: str) -> Response[Any]:
    above: list[tuple[Text, str]] = [UNDER, (literal(user.name), _place(user))]
    title, lead = text(f"admin.user.{name}"), text(f"admin.user.{name}_lead", name=user.name)
    return confirm_page(desk, title, lead, title, cancel=_place(user), above=above, harmful=False)


@helping.get("/users/{user_id}/reset", "xenia:credentials:write")
async def ask_reset(desk: Desk) -> Response[Any]:
    """Ask before a link is mailed."""
    return _question(desk, await changeable(desk), "reset")


@helping.post("/users/{user_id}/reset", "xenia:credentials:write")
async def reset(desk: Desk) -> Response[Any]:
    """Mail a link to the proven address; nobody else sees it."""
    user = await changeable(desk)
    if not await desk.host.hooks.send_way_in(desk.context, user.id):
        raise Conflict("nothing was sent", public=text("admin.user.reset_nobody"))
    return desk.go(_place(user), done="sent")


@helping.get("/users/{user_id}/renew", "xenia:credentials:write")
async def ask_renew(desk: Desk) -> Response[Any]:
    """Ask before the password is asked to be changed."""
    return _question(desk, await changeable(desk), "renew")


@helping.post("/users/{user_id}/renew", "xenia:credentials:write")
async def renew(desk: Desk) -> Response[Any]:
    """The password opens one more sign-in, in which another is chosen."""
    user = await changeable(desk)
    if not await desk.host.hooks.require_change(desk.context, user.id, PASSWORD):
        raise Conflict("no password", public=text("admin.user.renew_nothing"))
    return desk.go(_place(user), done="renewed")
