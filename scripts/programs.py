"""The system programs that the tests start, in one place: purpose, how it is found, Debian package.

    python scripts/programs.py check      says what is missing; with CI set, a missing program is a failure
    python scripts/programs.py packages   prints the Debian packages that are missing, for `make deps`

Only the standard library is used, since this runs before anything is installed. Nothing but tests needs these programs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Finder = Callable[[], str | None]


def on_path(*names: str) -> Finder:
    """A finder for the first of `names` on PATH, or in the folders that hold daemons."""
    folders = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    return lambda: next((found for name in names if (found := shutil.which(name, path=folders))), None)


def in_folder(folder: str, pattern: str) -> Finder:
    """A finder for the last file below `folder`, in order of names, that matches `pattern`."""
    return lambda: max(map(str, Path(folder).glob(pattern)), default=None)


def node_20() -> str | None:
    """Node.js, if it is new enough for the client libraries under tests/node."""
    node = shutil.which("node")
    if node is None:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.lstrip("v").split(".")[0]
    return node if major.isdigit() and int(major) >= 20 else None


@dataclass(frozen=True)
class Program:
    """One program: its name in messages, how it is found, its Debian package and what the tests do with it."""

    name: str
    find: Finder
    package: str
    purpose: str


PROGRAMS = (
    Program(
        "chromium", on_path("chromium", "chromium-browser", "google-chrome"), "chromium", "pages in a real browser"
    ),
    Program(
        "postgresql", in_folder("/usr/lib/postgresql", "*/bin/initdb"), "postgresql-15", "the oldest supported server"
    ),
    Program("apache2", on_path("apache2"), "apache2", "an independent relying party"),
    Program(
        "mod_auth_openidc",
        in_folder("/usr/lib/apache2/modules", "mod_auth_openidc.so"),
        "libapache2-mod-auth-openidc",
        "an independent relying party",
    ),
    Program("node 20", node_20, "nodejs", "independent OpenID clients, accessibility rules"),
    Program("npm", on_path("npm"), "npm", "installs what tests/node names"),
    Program("wrk", on_path("wrk"), "wrk", "load for `make bench`"),
)


def find(name: str) -> str | None:
    """The path of the program called `name` in the list above, or None when it is missing."""
    return next(program for program in PROGRAMS if program.name == name).find()


def missing() -> list[Program]:
    """The programs of the list that this machine lacks."""
    return [program for program in PROGRAMS if program.find() is None]


def check() -> int:
    """Say loudly what is missing; a failure only where CI is set."""
    lacking = missing()
    if not lacking:
        return 0
    strict = bool(os.environ.get("CI"))
    print("=" * 100)
    for program in lacking:
        print(f"MISSING: {program.name} ({program.purpose}), Debian package {program.package}")
    print(f"Tests that need them {'cannot run' if strict else 'are skipped'}. `make deps` installs them all.")
    print("=" * 100, flush=True)
    return 1 if strict else 0


def main(arguments: list[str]) -> int:
    """Run one of the two commands that the module's docstring describes."""
    if arguments == ["check"]:
        return check()
    if arguments == ["packages"]:
        print(*dict.fromkeys(program.package for program in missing()))
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
