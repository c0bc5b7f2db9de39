"""The ``Containerfile`` as data: stages of instructions, so that what is tested is what the file says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_VARIABLE = re.compile(r"\$\{?(\w+)\}?")


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word, and the rest of its line."""

    word: str
    text: str


@dataclass
class Stage:
    """What lies between one ``FROM`` and the next."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def last(self, word: str) -> str:
        """The text of an instruction of which the last counts; empty where there is none."""
        return next((one.text for one in reversed(self.instructions) if one.word == word), "")


@dataclass(frozen=True)
class Copy:
    """A ``COPY``: from where, as whose, what, and where to."""

    stage: str
    owner: str
    sources: tuple[str, ...]
    target: str


def stages(text: str) -> list[Stage]:
    """The stages of a file, in order."""
    found: list[Stage] = []
    for one in _instructions(text):
        if one.word == "FROM":
            base, *name = one.text.split()
            found.append(Stage(base, name[1] if name else ""))
        else:
            found[-1].instructions.append(one)
    return found


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield Instruction(word.upper(), " ".join(rest.split()))


def copied(text: str) -> Copy:
    """The parts of a ``COPY``."""
    words = shlex.split(text)
    options = dict(word.lstrip("-").split("=", 1) for word in words if word.startswith("--"))
    *sources, target = (word for word in words if not word.startswith("--"))
    assert options.keys() <= {"from", "chown"}, f"COPY with {options}: nobody here knows how"
    return Copy(options.get("from", ""), options.get("chown", ""), tuple(sources), target)


def assigned(text: str, known: Mapping[str, str]) -> dict[str, str]:
    """The variables of an ``ENV`` or ``ARG``, with those that are known put in."""
    pairs = (word.split("=", 1) for word in shlex.split(text))
    return {name: _VARIABLE.sub(lambda found: known.get(found[1], ""), value) for name, value in pairs}
