"""What a server process holds after many people of many tenants signed in, and whether it goes on growing."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from tests.bench.browser import Person, connected
from tests.bench.installation import System, prepared
from tests.bench.report import Table, number
from tests.bench.seeds import email
from tests.bench.sign_in import AT_ONCE, STEPS

TENANTS = 50
NEWS_SECONDS = 10.0


def measure(folder: Path, people: int) -> Sequence[Table]:
    """Twice so many distinct people, spread over fifty tenants. The server has every core, since its time isn't measured."""
    each = -(-2 * people // TENANTS)
    everybody = [(number % TENANTS, number // TENANTS) for number in range(each * TENANTS)]
    with prepared(folder, TENANTS, each) as system, system.serving(core=None):
        progress = Progress(system, 2 * people)
        held = [system.server.rss_mb()]
        for half in (everybody[:people], everybody[people : 2 * people]):
            _sign_in(system, half, progress)
            held.append(system.server.rss_mb())
    names = ("at the start", f"after {people} sign-ins", f"after {people} more")
    return (Table("memory", ("server process", "RSS MB"), [*zip(names, map(number, held), strict=True)]),)


class Progress:
    """Says now and then how far it is, on standard error."""

    def __init__(self, system: System, wanted: int) -> None:
        self._system, self._wanted = system, wanted
        self._done, self._began = 0, time.monotonic()
        self._told = self._began

    def one_more(self) -> None:
        """Count one."""
        self._done += 1
        now = time.monotonic()
        if now - self._told < NEWS_SECONDS and self._done < self._wanted:
            return
        self._told, rate = now, self._done / (now - self._began)
        left = (self._wanted - self._done) / rate
        held = self._system.server.rss_mb()
        print(f"{self._done} of {self._wanted}, {rate:.0f}/s, {held:.0f} MB, {left:.0f} s left", file=sys.stderr)


def _sign_in(system: System, people: Sequence[tuple[int, int]], progress: Progress) -> None:
    def sign_in(place: tuple[int, int]) -> None:
        base = system.at("", f"bench{place[0]}")
        with closing(connected(base)) as connection:
            person = Person(connection, base, email(place[1]))
            for _, step in STEPS:
                step(person)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(sign_in, people):
            progress.one_more()
