"""Running systems of chosen plugins, and everything that they serve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from xenia.api import Guard
from xenia.app import Kernel
from xenia.http.health import health_endpoints
from xenia.journeys.routes import ROUTES
from xenia.plugin.manifest import Plugin, discover
from xenia.plugin.registry import CORE

INSTALLED = discover()
BY_NAME = {plugin.name: plugin for plugin in INSTALLED}
NAMES = tuple(BY_NAME)


def with_needs(name: str) -> tuple[Plugin, ...]:
    """A plugin after everything that it requires."""
    wanted = {name}
    for plugin in reversed(INSTALLED):
        if plugin.name in wanted:
            wanted |= set(plugin.manifest.requires)
    return tuple(plugin for plugin in INSTALLED if plugin.name in wanted)


def without(name: str) -> tuple[Plugin, ...]:
    """Every plugin but one, and those that require it."""
    gone = {name}
    for plugin in INSTALLED:
        if gone & set(plugin.manifest.requires):
            gone.add(plugin.name)
    return tuple(plugin for plugin in INSTALLED if plugin.name not in gone)


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One address of the system, by whom it is served and who may use it."""

    plugin: str
    path: str
    methods: tuple[str, ...]
    guard: Guard | None


def routes_of(kernel: Kernel) -> list[Route]:
    """Every address below a tenant: by the framework and before it."""
    handlers: list[tuple[str, Any]] = [*((CORE, route) for route in ROUTES), *kernel.registry.routes.owned()]
    found = [
        Route(plugin=plugin, path=path, methods=_methods(handler), guard=(handler.opt or {}).get("guard"))
        for plugin, handler in handlers
        for path in sorted(handler.paths)
    ]
    hot = [
        Route(plugin=plugin, path=route.path, methods=tuple(sorted(route.methods)), guard=route.guard)
        for plugin, route in kernel.registry.hot_routes.owned()
    ]
    return sorted([*found, *hot], key=lambda route: (route.path, route.methods))


def process_wide(kernel: Kernel) -> Iterator[str]:
    """The addresses that belong to no tenant."""
    yield from sorted(health_endpoints(kernel))


def _methods(handler: Any) -> tuple[str, ...]:
    return tuple(sorted({str(method) for method in getattr(handler, "http_methods", ())} - {"OPTIONS"}))
