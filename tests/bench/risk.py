"""What judging a sign-in costs with every signal on, over a million networks, listed addresses and past sign-ins; and a replay."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import asyncpg
import msgspec
from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped]

from tests.bench.installation import prepared
from tests.bench.report import Table
from tests.bench.seeds import TENANT, email
from xenia.api import Goal, LoginAttempt, Source, new_id
from xenia.app import Kernel
from xenia.context import Context, system_actor
from xenia.looks import looking_once
from xenia.serving.installation import Installation
from xenia.serving.serve import keep_for_good
from xenia.users.models import IdentifierKind, User
from xenia_risk.decisions import Decisions
from xenia_risk.replay import replay
from xenia_risk.reputation import build
from xenia_risk.service import RiskService
from xenia_risk.settings import RiskSettings

PEOPLE = 500
PORTION = 20_000
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
FIRST = int(IPv4Address("16.0.0.0"))
CONTEXT = Context(tenant=TENANT, actor=system_actor("bench"))

# Past sign-ins of people who have fifty each; the rest are of people whom nobody asks about.
PAST = """
    INSERT INTO risk_sign_ins (tenant_id, user_id, id, at, country, provider, latitude, longitude, family)
    SELECT $1, ($2::uuid[])[1 + n % array_length($2::uuid[], 1)], gen_random_uuid(), now() - n * interval '1 minute',
           'DE', n % 1000, 52, 13, 'Firefox/Linux'
    FROM generate_series(1, $3::int) AS n"""
REST = """
    INSERT INTO risk_sign_ins (tenant_id, user_id, id, at, country, provider, latitude, longitude, family)
    SELECT $1, gen_random_uuid(), gen_random_uuid(), now() - n * interval '1 second', 'DE', n % 1000, 52, 13, 'Firefox/Linux'
    FROM generate_series(1, $2::int) AS n"""
COPIES = """
    INSERT INTO risk_decisions (tenant_id, id, journey, user_id, sign_in, verdict, rule, score, acr)
    SELECT tenant_id, gen_random_uuid(), gen_random_uuid(), user_id, sign_in, verdict, rule, score, acr
    FROM risk_decisions, generate_series(1, $1::int) LIMIT $2"""


def measure(folder: Path, size: int) -> Sequence[Table]:
    """``size`` networks, listed addresses and past sign-ins (a tenth of them decisions for the replay)."""
    with prepared(folder, 1, PEOPLE) as system:
        _files(folder, size)
        return asyncio.run(_measured(system.installation, size))


def _files(folder: Path, size: int) -> None:
    (folder / "risk").mkdir()
    writer = MMDBWriter(ip_version=4, database_type="City")
    where = {"latitude": 52.5, "longitude": 13.4}
    for number in range(0, size, 256):  # neighbours differ, or the file would join them
        for place in range(min(256, size - number)):
            network = IPv4Network((FIRST + (number + place) * 256, 24))
            writer.insert_network(
                IPSet([str(network)]), {"country": {"iso_code": f"{place % 200:02X}"}, "location": where}
            )
    writer.to_db_file(str(folder / "risk" / "city.mmdb"))
    (folder / "listed.txt").write_text("\n".join(str(IPv4Address(FIRST + number * 512)) for number in range(size)))
    build([folder / "listed.txt"], folder / "risk" / "listed.bin")


async def _measured(installation: Installation, size: int) -> Sequence[Table]:
    async with (
        await installation.kernel(live=True)
    ).running() as kernel:  # configuration in memory, as a server has it
        await kernel.cache.poll()
        people = [await _person(kernel, number) for number in range(PEOPLE)]
        await _fill(kernel, people, size)
        await _settle(installation.address)
        await _decide(kernel, people, 200)  # warm
        keep_for_good()  # as a server does
        took = sorted(await _decide(kernel, people, 2000))
        async with kernel.store(CONTEXT) as store:
            for count in _portions(size // 10):
                await store.execute(COPIES, 100, count)
        began = time.perf_counter()
        report = await replay(Decisions(kernel), CONTEXT, RiskSettings(rules=()))
        seconds = time.perf_counter() - began
    rows = [
        ("networks, listed addresses, past sign-ins, each", f"{size:,}"),
        ("a decision, with every signal, half of all (ms)", f"{took[len(took) // 2] * 1e3:.2f}"),
        ("a decision, 99 of 100 (ms)", f"{took[len(took) * 99 // 100] * 1e3:.2f}"),
        ("sign-ins replayed", f"{report.count:,}"),
        ("the replay (s)", f"{seconds:.1f}"),
    ]
    return (Table("risk", ("what", "measured"), rows),)


async def _fill(kernel: Kernel, people: Sequence[User], size: int) -> None:
    async with kernel.store(CONTEXT) as store:
        known = min(size // 2, PEOPLE * 50)
        await store.execute(PAST, TENANT, [one.id for one in people], known)
        for count in _portions(size - known):
            await store.execute(REST, TENANT, count)


async def _settle(address: str) -> None:
    """Tidy up after a million rows of one minute, which no installation sees: else their vacuum and their way to the disk are
    measured too.
    """
    connection = await asyncpg.connect(address)
    try:
        await connection.execute("VACUUM ANALYZE risk_sign_ins")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def _portions(rows: int) -> Iterator[int]:
    """So many rows, in statements that none of the house's limits ends."""
    for begun in range(0, rows, PORTION):
        yield min(PORTION, rows - begun)


async def _person(kernel: Kernel, number: int) -> User:
    user = await kernel.users.find(CONTEXT, IdentifierKind.EMAIL, email(number))
    assert user is not None
    return user


async def _decide(kernel: Kernel, people: Sequence[User], count: int) -> list[float]:
    """Seconds of each decision, one after the other."""
    service, chance, took = RiskService(kernel), random.Random(4), []
    for _ in range(count):
        address = str(IPv4Address(FIRST + chance.randrange(1 << 27)))
        context = msgspec.structs.replace(CONTEXT, source=Source(address, AGENT, browser="ab" * 32))
        person = chance.choice(people)
        attempt = LoginAttempt(
            user_id=person.id, application=None, acr="aal1", proofs=(), goal=Goal.SIGN_IN, journey=new_id()
        )
        began = time.perf_counter()
        with looking_once():  # as a request does
            await service.decide(context, attempt)
        took.append(time.perf_counter() - began)
    return took
