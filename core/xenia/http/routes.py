"""Which plugin a path belongs to, asked before the framework sees the request.

A framework's guard would let ``OPTIONS`` and 405 tell that a disabled feature exists; here every method of its paths
answers like any unknown path.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar.handlers import HTTPRouteHandler

from xenia.errors import SetupError
from xenia.http.models import Guard
from xenia.plugin.registry import CORE


class RouteOwners:
    """A tree of path segments; a parameter (``{id:uuid}``) matches any one segment, ``{path:path}`` the rest."""

    def __init__(self) -> None:
        self._root: dict[str, Any] = {}

    def add(self, path: str, *plugins: str) -> None:
        """Say that ``path`` is there where all of these plugins are on."""
        node = self._root
        for segment in _segments(path):
            node = node.setdefault(_pattern(segment), {})
        node.setdefault("", set()).add(frozenset(plugins) - {CORE})

    def serves(self, path: str, plugins: frozenset[str]) -> bool:
        """Whether a path is served where these plugins are on."""
        return any(needed <= plugins for needed in self._needed(path))

    def _needed(self, path: str) -> Iterable[frozenset[str]]:
        nodes = [self._root]
        rest: set[frozenset[str]] = set()
        for segment in _segments(path):
            rest |= {needed for node in nodes for needed in node.get("**", {}).get("", ())}
            nodes = [node[key] for node in nodes for key in (segment, "*") if key in node]
        return rest.union(*(node.get("", ()) for node in nodes))


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


def _pattern(segment: str) -> str:
    if not segment.startswith("{"):
        return segment
    return "**" if segment.endswith(":path}") else "*"


def checked_guard(plugin: str, handler: HTTPRouteHandler) -> Guard:
    """The guard of a route. Raises ``SetupError`` where it names none: nothing is open by accident."""
    guard = (handler.opt or {}).get("guard")
    if not isinstance(guard, Guard):
        paths = ", ".join(sorted(handler.paths))
        raise SetupError(
            f"the plugin {plugin} has a route without a guard: {paths}: "
            "say opt={'guard': public(...)}, signed_in() or bearer(...)"
        )
    return guard
