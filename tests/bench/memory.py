"""What a server process holds after many people of many tenants signed in, and whether it goes on growing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from tests.bench.browser import Person, connected
from tests.bench.installation import System, prepared
from tests.bench.report import Table, number
from tests.bench.seeds import email
from tests.bench.sign_in import AT_ONCE, STEPS

TENANTS = 50


def measure(folder: Path, people: int) -> Sequence[Table]:
    """Twice so many distinct people, spread over fifty tenants."""
    each = -(-2 * people // TENANTS)
    everybody = [(number % TENANTS, number // TENANTS) for number in range(each * TENANTS)]
    with prepared(folder, TENANTS, each) as system, system.serving():
        held = [system.server.rss_mb()]
        for half in (everybody[:people], everybody[people : 2 * people]):
            _sign_in(system, half)
            held.append(system.server.rss_mb())
    names = ("at the start", f"after {people} sign-ins", f"after {people} more")
    return (Table("memory", ("server process", "RSS MB"), [*zip(names, map(number, held), strict=True)]),)


def _sign_in(system: System, people: Iterable[tuple[int, int]]) -> None:
    def sign_in(place: tuple[int, int]) -> None:
        base = system.at("", f"bench{place[0]}")
        with closing(connected(base)) as connection:
            person = Person(connection, base, email(place[1]))
            for _, step in STEPS:
                step(person)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(sign_in, people))
