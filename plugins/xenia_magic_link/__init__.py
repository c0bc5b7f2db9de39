"""Links by mail: a first proof, in the browser that asked for it or with its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from litestar.handlers import BaseRouteHandler

from xenia.api import AuthMethod, Context, Host, Manifest, Sentences, hookimpl, read_locales, text
from xenia_magic_link.method import MagicLinkMethod
from xenia_magic_link.routes import routes
from xenia_magic_link.service import LinkService
from xenia_magic_link.settings import MagicLinkSettings, Place

manifest = Manifest(
    name="magic_link",
    title=text("magic_link.label"),
    summary=text("magic_link.summary"),
    settings=MagicLinkSettings,
    migrations="xenia_magic_link.piccolo_app",
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    return (MagicLinkMethod(host, LinkService(host)),)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return routes(host, LinkService(host))


@hookimpl
async def route_login(host: Host, context: Context) -> Sequence[str] | None:
    settings = await host.config.get(context, MagicLinkSettings)
    return (MagicLinkMethod.name,) if settings.first is Place.PREFERRED else None
