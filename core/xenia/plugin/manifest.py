"""What a plugin says of itself, how plugins are found, and in which order they start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from xenia.errors import SetupError
from xenia.forms import check, to_plain
from xenia.messages import Text

ENTRY_POINT_GROUP = "xenia"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin's name and needs. The module that holds it as ``manifest`` also holds the hook implementations.

    ``requires`` are switched on with it; ``conflicts`` can't be on beside it. ``settings`` is the frozen struct that
    becomes the admin form.
    ``migrations`` is the dotted path of its Piccolo app configuration. ``always_on`` plugins serve every tenant (the
    renderer). ``libraries`` are loaded with the first request that wants them; whether they are there is asked at the start.
    """

    name: str
    title: Text
    summary: Text
    requires: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    settings: type[msgspec.Struct] | None = None
    migrations: str = ""
    libraries: tuple[str, ...] = ()
    always_on: bool = False
    default_on: bool = False


class Plugin(msgspec.Struct, frozen=True):
    """A plugin that was found: its manifest and the module with its hooks."""

    manifest: Manifest
    module: ModuleType

    @property
    def name(self) -> str:
        """The manifest's name."""
        return self.manifest.name

    @property
    def folder(self) -> Path | None:
        """Where its package lies; ``None`` for a module that was made without a file."""
        file = getattr(self.module, "__file__", None)
        return Path(file).parent if file else None


def discover(only: Sequence[str] = ()) -> tuple[Plugin, ...]:
    """Every installed plugin (of these names, where given), in requirement order. Raises ``SetupError`` with one
    line.
    """
    return in_order(_load(only))


def _load(only: Sequence[str]) -> Iterable[Plugin]:
    found = {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
    if missing := set(only) - found.keys():
        raise SetupError(
            f"no plugin is installed under the name {', '.join(sorted(missing))}: install it or take it out of `plugins`"
        )
    for name, point in sorted(found.items()):
        if only and name not in only:
            continue
        yield _complete(plugin_of(_module(point), name), point)


def _module(point: EntryPoint) -> ModuleType:
    try:
        module: ModuleType = point.load()
    except ModuleNotFoundError as problem:
        raise _lacking(point, problem.name or str(problem)) from problem
    except ImportError as problem:
        raise SetupError(f"the plugin {point.name} can't be loaded: {problem}") from problem
    return module


def _complete(plugin: Plugin, point: EntryPoint) -> Plugin:
    """With everything that it loads late."""
    for library in plugin.manifest.libraries:
        if find_spec(library) is None:
            raise _lacking(point, library)
    return plugin


def _lacking(point: EntryPoint, missing: str) -> SetupError:
    """The plugin's own package is gone, or something that it needs, for which its distribution may have an extra of the plugin's name."""
    distribution = point.dist.name if point.dist else ""
    if missing == point.module or point.module.startswith(f"{missing}."):
        again = f" and install {distribution} again" if distribution else ""
        return SetupError(
            f"the plugin {point.name} has an entry point and no package {missing}: put its folder back, or take its line out of "
            f"[project.entry-points.{ENTRY_POINT_GROUP}]{again}, or name the others under `plugins`"
        )
    extras = (point.dist.metadata.get_all("Provides-Extra") or ()) if point.dist else ()
    how = f" (`pip install {distribution}[{point.name}]`)" if point.name in extras else ""
    return SetupError(f"the plugin {point.name} needs {missing}: install it{how}, or name the others under `plugins`")


def plugin_of(module: ModuleType, name: str = "") -> Plugin:
    """The plugin that ``module`` is. Raises ``SetupError`` where it has no manifest or another name."""
    manifest = getattr(module, "manifest", None)
    if not isinstance(manifest, Manifest):
        raise SetupError(f"the plugin module {module.__name__} has no `manifest = Manifest(...)`")
    if name and manifest.name != name:
        raise SetupError(f"the plugin {name} calls itself {manifest.name} in its manifest: use one name")
    if problem := _settings_problem(manifest.settings):
        raise SetupError(f"the plugin {manifest.name} has settings that can't be used: {problem}")
    return Plugin(manifest, module)


def _settings_problem(kind: Any) -> str:
    """What is wrong with a settings struct (``""``: nothing): every tenant begins with its defaults, so there must be one for each field."""
    if kind is None:
        return ""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return f"{getattr(kind, '__name__', kind)} is no msgspec.Struct"
    try:
        if required := [field.name for field in msgspec.structs.fields(kind) if field.required]:
            return f"{kind.__name__} has no default for {', '.join(required)}"
        _, wrong = check(kind, msgspec.to_builtins(kind(), enc_hook=to_plain))
    except (TypeError, NameError, ValueError) as problem:
        return f"{kind.__name__}: {problem}"
    return ", ".join(f"the default of {kind.__name__}.{name} is refused" for name in sorted(wrong))


def in_order(plugins: Iterable[Plugin]) -> tuple[Plugin, ...]:
    """Plugins with what they require before them. Raises ``SetupError`` on a double name, a missing one or a circle."""
    by_name: dict[str, Plugin] = {}
    for plugin in plugins:
        if plugin.name in by_name:
            raise SetupError(f"two plugins are called {plugin.name}: uninstall one")
        by_name[plugin.name] = plugin
    for plugin in by_name.values():
        if missing := set(plugin.manifest.requires) - by_name.keys():
            raise SetupError(
                f"the plugin {plugin.name} requires {', '.join(sorted(missing))}, not installed: install it or leave {plugin.name} out"
            )
    try:
        order = TopologicalSorter({name: by_name[name].manifest.requires for name in sorted(by_name)}).static_order()
        return tuple(by_name[name] for name in order)
    except CycleError as problem:
        raise SetupError(f"plugins require each other in a circle: {' -> '.join(problem.args[1])}") from problem


def closed(enabled: Iterable[str], manifests: Iterable[Manifest]) -> frozenset[str]:
    """The plugins that are on when ``enabled`` are: with what they require, and those that serve everybody.

    Raises ``ValueError`` naming an unknown plugin or two that conflict.
    """
    known = {manifest.name: manifest for manifest in manifests}
    on: set[str] = set()
    todo = [*enabled, *(manifest.name for manifest in known.values() if manifest.always_on)]
    while todo:
        name = todo.pop()
        if name not in known:
            raise ValueError(f"no plugin is installed under the name {name}")
        if name not in on:
            on.add(name)
            todo.extend(known[name].requires)
    for name in sorted(on):
        if clash := on & set(known[name].conflicts):
            raise ValueError(f"{name} can't be on together with {', '.join(sorted(clash))}")
    return frozenset(on)
