"""Secrets of applications: shown once when they are made; two live side by side while one takes the other's place."""

from __future__ import annotations

from typing import Any

from litestar.response import Response

from xenia.api import Application, NotFound, Text, literal, text
from xenia_admin.application_types import type_of
from xenia_admin.desk import Desk
from xenia_admin.forms import confirm_page
from xenia_admin.pages.applications import UNDER, application_data, changeable
from xenia_admin.section import Section

secrets = Section()


@secrets.get("/applications/{application_id}/secrets/add", "xenia:applications:write")
async def ask_add(desk: Desk) -> Response[Any]:
    """Ask before there is one more."""
    one = await _keeping(desk)
    title, lead = text("admin.application.secrets_add"), text("admin.application.secrets_add_lead", title=one.title)
    return confirm_page(desk, title, lead, title, cancel=f"/applications/{one.id}", above=_above(one), harmful=False)


@secrets.post("/applications/{application_id}/secrets/add", "xenia:applications:write")
async def add(desk: Desk) -> Response[Any]:
    """Make it; it is shown this once."""
    one = await _keeping(desk)
    secret = await desk.host.applications.add_secret(desk.context, one.id)
    data = await application_data(desk, one, secret=secret)
    return desk.page("admin/application.html", literal(one.title), data, above=[UNDER])


@secrets.get("/applications/{application_id}/secrets/end", "xenia:applications:write")
async def ask_end(desk: Desk) -> Response[Any]:
    """Ask before the older ones stop working."""
    one = await _keeping(desk)
    title, lead = text("admin.application.secrets_end"), text("admin.application.secrets_end_lead", title=one.title)
    return confirm_page(desk, title, lead, title, cancel=f"/applications/{one.id}", above=_above(one))


@secrets.post("/applications/{application_id}/secrets/end", "xenia:applications:write")
async def end(desk: Desk) -> Response[Any]:
    """Only the newest goes on working."""
    one = await _keeping(desk)
    await desk.host.applications.remove_secrets(desk.context, one.id, keep_newest=True)
    return desk.go(f"/applications/{one.id}", done="secrets_ended")


async def _keeping(desk: Desk) -> Application:
    """An application that can keep a secret. Raises ``NotFound``."""
    one = await changeable(desk)
    if not type_of(one).has_secret:
        raise NotFound("this kind of application has no secrets")
    return one


def _above(one: Application) -> list[tuple[Text, str]]:
    return [UNDER, (literal(one.title), f"/applications/{one.id}")]
