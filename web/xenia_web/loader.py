"""Where templates come from: the host's folder first, then each plugin's own under the plugin's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

_HERE = Path(__file__).parent


def host_folder() -> Path:
    """The host's markup: ``xenia_web/templates`` in an installed wheel, the repository's ``templates/`` otherwise."""
    installed = _HERE / "templates"
    return installed if installed.is_dir() else _HERE.parents[1] / "templates"


def plugin_folders(names: Iterable[str], kind: str) -> dict[str, Path]:
    """The folder ``kind`` (``templates``, ``static``) of each installed plugin that has one, by the plugin's name."""
    wanted = frozenset(names)
    packages = {point.name: find_spec(point.module) for point in entry_points(group="xenia") if point.name in wanted}
    folders = {name: Path(spec.origin).with_name(kind) for name, spec in packages.items() if spec and spec.origin}
    return {name: folder for name, folder in folders.items() if folder.is_dir()}


def chain(plugins: Mapping[str, Path]) -> Callable[[str], str | None]:
    """A loader for names like ``auth/journey.html`` (the host's) and ``totp/enrol.html`` (a plugin's own).

    ``plugins`` maps a plugin's name to the folder that holds ``<name>/...``. No plugin replaces a file of the host's.
    """
    host = host_folder()

    def load(name: str) -> str | None:
        for folder in (host, plugins.get(name.partition("/")[0])):
            if folder is not None and (path := _inside(folder, name)) is not None:
                return path.read_text("utf-8")
        return None

    return load


def _inside(folder: Path, name: str) -> Path | None:
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
