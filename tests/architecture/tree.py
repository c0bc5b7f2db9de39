"""A copy of this checkout from which a plugin was deleted: its folder, and its one line in ``pyproject.toml``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.sources import ROOT
from xenia.testing.database import EXTERNAL

PATIENCE = 1800
SOURCES = ("core", "web", "plugins")
COPIED = (*SOURCES, "templates", "tests", "scripts", "examples")
_UNSEEN = """
import sys
from pathlib import Path

here = {here!r}
sys.path[:] = [place for place in sys.path if place.startswith(here) or not [*Path(place).glob("xenia*/__init__.py")]]
"""


@dataclass(frozen=True)
class Tree:
    """The copy. Nothing that runs in it finds the sources of this checkout, installed though they are."""

    folder: Path

    @classmethod
    def copied(cls, folder: Path) -> Tree:
        """The whole of it."""
        left_out = shutil.ignore_patterns("node_modules", "__pycache__", ".*_cache")
        for name in COPIED:
            shutil.copytree(ROOT / name, folder / name, ignore=left_out, symlinks=True)
        shutil.copy(ROOT / "pyproject.toml", folder)
        return cls(folder)

    def delete(self, name: str, package: str) -> None:
        """Delete a plugin, and the tests of it."""
        project = self.folder / "pyproject.toml"
        kept, times = re.subn(rf'^{name} = "{package}"\n', "", project.read_text("utf-8"), flags=re.MULTILINE)
        assert times == 1, f"one line of pyproject.toml names {package}"
        project.write_text(kept, "utf-8")
        [source] = [self.folder / source / package for source in SOURCES if (self.folder / source / package).is_dir()]
        shutil.rmtree(source)
        shutil.rmtree(self.folder / "tests" / "plugins" / name, ignore_errors=True)

    def test(self, database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run tests in it, on a server that runs already."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**_clean(), EXTERNAL: database, "PYTHONPATH": self._installed()},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def _installed(self) -> str:
        """What an editable install would leave, before the one of this checkout; and that one's sources unseen."""
        installed = self.folder / "installed"
        about = installed / "xenia-0.dist-info"
        about.mkdir(parents=True, exist_ok=True)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: xenia\nVersion: 0\n")
        points = re.findall(r'^(\w+) = "(xenia_\w+)"$', (self.folder / "pyproject.toml").read_text(), re.MULTILINE)
        (about / "entry_points.txt").write_text("[xenia]\n" + "".join(f"{name} = {at}\n" for name, at in points))
        (installed / "sitecustomize.py").write_text(_UNSEEN.format(here=str(self.folder)))
        return os.pathsep.join([str(installed), *(str(self.folder / source) for source in SOURCES)])


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("XENIA_")}
