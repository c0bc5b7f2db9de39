"""Show as code: what a page of the console stands for, as the document that ``xenia apply`` takes."""

from __future__ import annotations

from typing import Any

from litestar.response import Response

from xenia.api import Forbidden, Text, literal, text
from xenia_admin.authority import sees_all
from xenia_admin.desk import Desk
from xenia_admin.pages.applications import UNDER as APPLICATIONS
from xenia_admin.pages.applications import of_path
from xenia_admin.pages.settings import DOCUMENT
from xenia_admin.pages.settings import UNDER as SETTINGS
from xenia_admin.section import Section

code = Section()


@code.get("/settings/code", "xenia:tenant:read")
async def show_tenant(desk: Desk) -> Response[Any]:
    """The whole tenant, people left out, secrets as references."""
    await sees_all(desk)
    if not all(map(desk.holds, DOCUMENT)):
        raise Forbidden(f"the document holds what only {', '.join(DOCUMENT)} may see")
    return _page(desk, await desk.host.document(desk.context), [SETTINGS])


@code.get("/applications/{application_id}/code", "xenia:applications:read")
async def show_application(desk: Desk) -> Response[Any]:
    """One application's part of it."""
    one = await of_path(desk)
    above = [APPLICATIONS, (literal(one.title), f"/applications/{one.id}")]
    return _page(desk, await desk.host.document(desk.context, one.id), above)


def _page(desk: Desk, document: str, above: list[tuple[Text, str]]) -> Response[Any]:
    data = {"lead": text("admin.code.lead", tenant=desk.tenant.id), "document": document.strip()}
    return desk.page("admin/code.html", text("admin.code.title"), data, above=above)
