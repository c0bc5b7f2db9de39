"""Password sign-in: what a whole journey costs beside the one hash that it can't do without."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from tests.bench.browser import Person, connected
from tests.bench.installation import System
from tests.bench.processes import SERVER_CORE
from tests.bench.report import Table, number
from tests.bench.seeds import email

AT_ONCE = 8
SETTLE_SECONDS = 1.5
PING_SECONDS = 0.05
STEPS: tuple[tuple[str, Callable[[Person], object]], ...] = (
    ("authorize, first page", Person.open),
    ("address", Person.identify),
    ("password, session, code", Person.prove),
    ("tokens", Person.redeem),
)
_HASH = """
import sys, time
from nacl.pwhash import argon2id
encoded = argon2id.str(b"violet ladders hum quietly", 2, 19456 * 1024)
times = int(sys.argv[1])
before = time.process_time()
for _ in range(times):
    argon2id.verify(encoded, b"violet ladders hum quietly")
print((time.process_time() - before) / times * 1e3)
"""


@dataclass(frozen=True)
class Spent:
    """Milliseconds of processor time for one person: of the server, and of the database."""

    server: float
    database: float

    @property
    def together(self) -> float:
        """Both."""
        return self.server + self.database


def compare(system: System, rounds: int, people: int) -> Sequence[Table]:
    """Rounds of ``people`` distinct sign-ins, each beside as many bare hashes on the same core; and the liveness of one more."""
    hashes: list[float] = []
    steps: list[list[Spent]] = []
    for turn in range(rounds + 1):  # the first warms up
        hashed = one_hash(people)
        found = _round(system, range(1 + turn * people, 1 + (turn + 1) * people))
        if turn:
            hashes.append(hashed)
            steps.append(found)
    with Pulse(system) as pulse:  # whose requests cost too, so nothing else is measured meanwhile
        _round(system, range(1 + (rounds + 1) * people, 1 + (rounds + 2) * people))
    return (_table(min(hashes), steps, pulse.slowest),)


def one_hash(times: int) -> float:
    """Milliseconds of processor time of one argon2id verification (19 MiB, t=2, p=1)."""
    command = ["taskset", "-c", str(SERVER_CORE), sys.executable, "-c", _HASH, str(times)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _round(system: System, numbers: range) -> list[Spent]:
    """Each step of all people together; the last includes the sealing of what was written."""
    base = system.at("")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        people = [Person(connected(base), base, email(number)) for number in numbers]
        return [_step(system, pool, step, people) for _, step in STEPS]


def _step(system: System, pool: ThreadPoolExecutor, step: Callable[[Person], object], people: list[Person]) -> Spent:
    def go(person: Person) -> None:
        step(person)
        person.rest()

    before = system.server.cpu_seconds(), system.database.cpu_seconds()
    list(pool.map(go, people))
    time.sleep(SETTLE_SECONDS)  # what is sealed and reacted to after the answer counts too
    after = system.server.cpu_seconds(), system.database.cpu_seconds()
    server, database = ((now - then) / len(people) * 1e3 for then, now in zip(before, after, strict=True))
    return Spent(server, database)


class Pulse:
    """Asks ``/health/live`` all the while."""

    def __init__(self, system: System) -> None:
        self._url = f"{system.public_url}/health/live"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat)
        self.slowest = 0.0

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(PING_SECONDS):
            began = time.perf_counter()
            with closing(urllib.request.urlopen(self._url, timeout=30)):  # noqa: S310  an address of our own
                self.slowest = max(self.slowest, (time.perf_counter() - began) * 1e3)


def _table(hashed: float, rounds: list[list[Spent]], slowest: float) -> Table:
    least = [
        Spent(min(one.server for one in given), min(one.database for one in given))
        for given in zip(*rounds, strict=True)
    ]
    rows = [_row(name, spent) for (name, _), spent in zip(STEPS, least, strict=True)]
    whole = Spent(sum(one.server for one in least), sum(one.database for one in least))
    rows += [
        (*_row("**whole journey**", whole)[:4], f"**{hashed / whole.together:.2f}**"),
        ("one hash alone", f"{hashed:.2f}", "", f"{hashed:.2f}", "1.00"),
        ("slowest /health/live meanwhile (wall ms)", "", "", number(slowest), ""),
    ]
    rows[2] = (*rows[2][:4], f"{hashed / least[2].together:.2f}")
    return Table("sign-in", ("step", "server ms", "database ms", "together", "hash / together"), rows)


def _row(name: str, spent: Spent) -> tuple[str, str, str, str, str]:
    return (name, f"{spent.server:.2f}", f"{spent.database:.2f}", f"{spent.together:.2f}", "")
