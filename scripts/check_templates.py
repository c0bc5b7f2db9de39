"""Lint and check the form of every template with djlint; nothing to do where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def folders() -> list[str]:
    """The folders that hold templates: the host's and each plugin's."""
    candidates = [ROOT / "templates", *sorted(ROOT.glob("plugins/*/templates"))]
    return [str(folder.relative_to(ROOT)) for folder in candidates if any(folder.rglob("*.html"))]


def main() -> int:
    """Exit status of djlint: 0 when no template breaks a rule."""
    found = folders()
    if not found:
        return 0
    return subprocess.run(
        [sys.executable, "-m", "djlint", *found, "--lint", "--quiet"], cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
