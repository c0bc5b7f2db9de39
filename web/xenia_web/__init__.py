"""The machinery of pages: templates, words, static files, e-mails. A plugin like any other: headless goes without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from litestar.handlers import BaseRouteHandler

from xenia.api import Host, HotRoute, Manifest, NavItem, Renderer, Sentences, hookimpl, read_locales, text
from xenia_web import account
from xenia_web.assets import FOLDER, Assets, routes
from xenia_web.loader import plugin_folders
from xenia_web.renderer import HtmlRenderer

manifest = Manifest(name="web", title=text("web.title"), summary=text("web.summary"), always_on=True)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).with_name("locales"))


@hookimpl
def register_renderer(host: Host) -> Sequence[Renderer]:
    packages = _packages(host)
    renderer = HtmlRenderer(
        host.catalogue,
        _assets(packages),
        plugin_folders(packages, "templates"),
        hooks=host.hooks,
        development=host.settings.development,
    )
    return [renderer]


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return account.routes(host)


@hookimpl
def nav_items(area: str) -> Sequence[NavItem]:
    return account.NAV if area == "account" else ()


@hookimpl
def register_hot_routes(host: Host) -> Sequence[HotRoute]:
    return routes(_assets(_packages(host)))


def _packages(host: Host) -> tuple[tuple[str, Path], ...]:
    return tuple((name, folder) for name, folder in host.folders.items() if name != manifest.name)


@lru_cache(maxsize=4)
def _assets(packages: tuple[tuple[str, Path], ...]) -> Assets:
    return Assets({"": FOLDER, **plugin_folders(packages, "static")})
