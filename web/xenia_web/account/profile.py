"""Who I am: names, language, addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import get, post
from litestar.handlers import BaseRouteHandler
from litestar.response import Response

from xenia.api import (
    Choice,
    Field,
    FieldKind,
    Invalid,
    Page,
    Redirect,
    Text,
    User,
    literal,
    path_below,
    public,
    signed_in,
    text,
)
from xenia_web.account.frame import AccountPages, Ask
from xenia_web.words import own_name

NAMES = ("given_name", "family_name")
_TOKENS = {"given_name": "given-name", "family_name": "family-name"}


def routes(pages: AccountPages) -> Sequence[BaseRouteHandler]:
    """The profile's routes, and the tenant's front door."""

    @get("/", opt={"guard": public("The tenant's front door: leads to the account or to signing in.")})
    async def front_door(request: Ask) -> Response[Any]:
        """To the account, where signing in is asked for if need be."""
        return Redirect(path_below(request, "/account"))

    @get("/account", opt={"guard": signed_in()})
    async def show(request: Ask) -> Response[Any]:
        """The person's profile."""
        _, user, _ = await pages.begin(request)
        return _page(pages, user, saved="saved" in request.query_params)

    @post("/account", opt={"guard": signed_in()}, status_code=200)
    async def save(request: Ask) -> Response[Any]:
        """Change names and language."""
        context, user, _ = await pages.begin(request)
        form = await request.form()
        changes = {name: str(form.get(name, "")).strip()[:200] or None for name in NAMES}
        try:
            async with pages.host.transaction():
                await pages.host.users.set_attributes(context, user.id, changes)
                await _set_locale(pages, context, user, str(form.get("locale", "")))
        except Invalid as problem:
            return _page(pages, user, typed={key: value or "" for key, value in changes.items()}, errors=problem.fields)
        chosen = (
            f"&ui_locales={locale}" if (locale := str(form.get("locale", ""))) in pages.host.catalogue.locales else ""
        )
        return Redirect(path_below(request, f"/account?saved=1{chosen}"))

    return [front_door, show, save]


async def _set_locale(pages: AccountPages, context: Any, user: User, locale: str) -> None:
    if locale in pages.host.catalogue.locales and locale != user.locale:
        await pages.host.users.set_locale(context, user.id, locale)


def _page(
    pages: AccountPages,
    user: User,
    *,
    saved: bool = False,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Text] | None = None,
) -> Page:
    identifiers = [
        {"kind": known.kind.value, "value": known.value, "verified": known.verified_at is not None}
        for known in user.identifiers
    ]
    data = {"fields": _fields(pages, user), "typed": dict(typed or {}), "identifiers": identifiers, "saved": saved}
    status = 422 if errors else 200
    return Page("account/profile.html", data, title=text("web.account.profile"), errors=errors, status=status)


def _fields(pages: AccountPages, user: User) -> tuple[Field, ...]:
    names = tuple(
        Field(
            name=name,
            label=text(f"web.profile.{name}"),
            value=str(user.attributes.get(name, "")),
            autocomplete=_TOKENS[name],
            required=False,
        )
        for name in NAMES
    )
    languages = tuple(Choice(tag, literal(own_name(tag))) for tag in pages.host.catalogue.locales)
    chosen = user.locale or ""
    locale = Field(
        name="locale",
        label=text("web.language"),
        kind=FieldKind.SELECT,
        value=chosen,
        choices=languages,
        required=False,
    )
    return (*names, locale)
