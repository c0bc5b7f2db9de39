"""``xenia plugin new``: a package copied from ``xenia/scaffold`` with the names put in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from xenia.commands.output import OK, say
from xenia.errors import SetupError

SOURCE = Path(__file__).parents[1] / "scaffold"
_NAME = re.compile(r"[a-z][a-z0-9]{1,30}(_[a-z0-9]+)*")


def begin(name: str, folder: Path) -> int:
    """Write the package, and say what is left to do. Raises ``SetupError`` where the name won't do or is taken."""
    if not _NAME.fullmatch(name):
        raise SetupError(f"{name!r} won't do as a name: small letters, digits and single underscores, such as loyalty")
    package = folder / f"xenia_{name}"
    tests = folder.parent / "tests" / "plugins" / name
    for place in (package, tests):
        if place.exists():
            raise SetupError(f"{place} exists already: choose another name")
    written = [*_copy(SOURCE / "plugin", package, name), *_copy(SOURCE / "tests", tests, name)]
    for path in written:
        say(f"  {path}")
    say(f'\nAdd one line to pyproject.toml, under [project.entry-points.xenia]:\n\n  {name} = "xenia_{name}"\n')
    say(f"Then: pip install --no-deps -e . && pytest {tests}")
    return OK


def _copy(source: Path, target: Path, name: str) -> Iterator[Path]:
    for path in sorted(source.rglob("*.template")):
        inside = path.relative_to(source).with_suffix("")
        place = target / Path(*(_named(part, name) for part in inside.parts))
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(_named(path.read_text("utf-8"), name), "utf-8")
        except OSError as problem:
            raise SetupError(f"{place} can't be written: {problem.strerror}") from problem
        yield place


def _named(text: str, name: str) -> str:
    words = name.replace("_", " ")
    return (
        text.replace("@name@", name)
        .replace("@Title@", words.capitalize())
        .replace("@Name@", words.title().replace(" ", ""))
    )
