"""``python -m tests.bench``: start, hot endpoints, password sign-in, memory, risk; ``--write`` puts the figures on the page."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import endpoints, memory, risk, sign_in, starting
from tests.bench.installation import data_folder, prepared
from tests.bench.report import Table, write


def main() -> None:
    """Measure what was asked for, print it, and write it down if wanted."""
    asked = _arguments()
    tables = _shown([Table("run", ("run", ""), _circumstances(asked))])
    for name in asked.only or PARTS:
        with data_folder() as folder:
            tables += _shown(PARTS[name](folder, asked))
    if asked.write:
        write(tables)


def _shown(tables: Sequence[Table]) -> list[Table]:
    """The same, printed as soon as they are there."""
    for table in tables:
        print(f"\n{table.name}\n\n{table}", flush=True)
    return list(tables)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the figures into docs/explanation/performance.md")
    parser.add_argument(
        "--full", action="store_true", help="10,000 people and as many again for the memory, a million of each for risk"
    )
    parser.add_argument("--people", type=int, default=0, help="so many for the memory, and as many again")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), help="some parts of it")
    parser.add_argument("--rounds", type=int, default=3, help="alternating rounds, of which the least counts")
    parser.add_argument("--seconds", type=int, default=2, help="how long each load lasts")
    return parser.parse_args()


def _start(folder: Path, asked: argparse.Namespace) -> Sequence[Table]:
    return starting.measure(folder, asked.rounds)


def _endpoints(folder: Path, asked: argparse.Namespace) -> Sequence[Table]:
    with prepared(folder, 1, 1) as system, system.serving():
        return endpoints.compare(system, asked.rounds, asked.seconds)


def _sign_in(folder: Path, asked: argparse.Namespace) -> Sequence[Table]:
    people = 96  # so many that what a process does by itself is a small part of each
    with prepared(folder, 1, 1 + (asked.rounds + 2) * people) as system, system.serving():
        return sign_in.compare(system, asked.rounds, people)


def _memory(folder: Path, asked: argparse.Namespace) -> Sequence[Table]:
    return memory.measure(folder, asked.people or (10_000 if asked.full else 250))


def _risk(folder: Path, asked: argparse.Namespace) -> Sequence[Table]:
    return risk.measure(folder, 1_000_000 if asked.full else 100_000)


PARTS: dict[str, Callable[[Path, argparse.Namespace], Sequence[Table]]] = {
    "start": _start,
    "endpoints": _endpoints,
    "sign-in": _sign_in,
    "memory": _memory,
    "risk": _risk,
}


def _circumstances(asked: argparse.Namespace) -> list[tuple[str, str]]:
    load = ", ".join(Path("/proc/loadavg").read_text().split()[:3])
    return [
        ("date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("Python", platform.python_version()),
        ("rounds", f"{asked.rounds} of {asked.seconds} s"),
        ("load average at the start, neighbours included", load),
    ]


if __name__ == "__main__":
    main()
