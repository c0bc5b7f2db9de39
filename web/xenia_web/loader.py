"""Where templates come from: the host's folder first, then each plugin's own under the plugin's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

_HERE = Path(__file__).parent


def host_folder() -> Path:
    """The host's markup: ``xenia_web/templates`` in an installed wheel, the repository's ``templates/`` otherwise."""
    installed = _HERE / "templates"
    return installed if installed.is_dir() else _HERE.parents[1] / "templates"


def plugin_folders(packages: Iterable[tuple[str, Path]], kind: str) -> dict[str, Path]:
    """The folder ``kind`` (``templates``, ``static``) of each plugin that has one, by the plugin's name. ``packages`` are where they live."""
    return {name: package / kind for name, package in packages if (package / kind).is_dir()}


class Loader:
    """Reads names like ``auth/journey.html`` (the host's) and ``totp/enrol.html`` (a plugin's own).

    ``plugins`` maps a plugin's name to the folder that holds ``<name>/...``. No plugin replaces a file of the host's.
    """

    def __init__(self, plugins: Mapping[str, Path]) -> None:
        self._plugins = plugins
        self._host = host_folder()
        self._written: dict[Path, int | None] = {}

    def __call__(self, name: str) -> str | None:
        """The template's source, or ``None`` where nobody has it."""
        for folder in (self._host, self._plugins.get(name.partition("/")[0])):
            if folder is not None and (path := _inside(folder, name)) is not None:
                self._written[path] = _written(path)
                return path.read_text("utf-8")
        return None

    def has_changed(self) -> bool:
        """Whether a file that was read is another one by now; said once. Costs a look at each, and no reading."""
        if all(_written(path) == then for path, then in self._written.items()):
            return False
        self._written.clear()
        return True


def _written(path: Path) -> int | None:
    """When a file was last written, in nanoseconds; ``None`` where it is gone."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _inside(folder: Path, name: str) -> Path | None:
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
