"""Where templates come from: the host's folder first, then each plugin's own under the plugin's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

_HERE = Path(__file__).parent


def host_folder() -> Path:
    """The host's markup: ``xenia_web/templates`` in an installed wheel, ``templates/`` of the repository in development."""
    installed = _HERE / "templates"
    return installed if installed.is_dir() else _HERE.parents[1] / "templates"


def chain(plugins: Mapping[str, Path]) -> Callable[[str], str | None]:
    """A loader for names like ``auth/journey.html`` (the host's) and ``totp/enrol.html`` (below that plugin's templates).

    ``plugins`` maps a plugin's name to the folder that holds ``<name>/...``. The host's files can't be replaced by a plugin's.
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
