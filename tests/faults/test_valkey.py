"""Valkey hurries and holds nothing: dead, flushed or back, no door opens and nothing stands still (F15)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx2
import psutil
import pytest

from tests.core.serving.processes import environment, free_port
from tests.faults.world import PATIENCE, World, tally, until
from xenia.embedded import EmbeddedValkey
from xenia.journeys.attempts import attempts_limit
from xenia.tenants.models import SignInSettings

pytestmark = pytest.mark.slow
PATH = "/.well-known/openid-configuration"


async def test_a_plugin_that_is_switched_off_is_off_at_every_process(two: World) -> None:
    await _switched_off_and_on(two)


async def test_without_valkey_configuration_still_reaches_every_process(two: World, valkey: EmbeddedValkey) -> None:
    _kill(valkey)
    try:
        await _switched_off_and_on(two)
        assert await _ready(two) == [200, 200]
    finally:
        valkey.start()
    await _switched_off_and_on(two)


async def test_without_valkey_sessions_codes_and_revocations_are_what_they_were(
    two: World, valkey: EmbeddedValkey
) -> None:
    _, cookie = await two.session(await two.person())
    used = await two.code(cookie)
    assert (await two.redeem(used)).status_code == 200
    _kill(valkey)
    try:
        assert (await two.redeem(used, place=1)).status_code == 400
        _, cookie = await two.session(await two.person())
        assert (await two.clients[0].get(two.at(1, "/account"), headers=cookie)).status_code == 200
        code = await two.code(cookie)
        answers = await two.race(lambda place: two.redeem(code, place=place, client=place % 2))
        assert tally(answers) == {200: 1, 400: 49}
        assert (await two.clients[0].post(two.at(0, "/sign-out"), headers=cookie)).status_code == 200
        assert (await two.clients[0].get(two.at(1, "/account"), headers=cookie)).status_code == 303
    finally:
        valkey.start()


async def test_attempts_are_counted_over_all_processes_with_and_without_valkey(
    two: World, valkey: EmbeddedValkey
) -> None:
    """The counter is the database's: 5 places, taken at whichever process."""
    limit = attempts_limit(SignInSettings(attempts=5))
    _kill(valkey)
    try:
        taken = [await two.kernel.limits.reserve("acme", limit, "somebody") for _ in range(8)]
    finally:
        valkey.start()
    assert [type(one).__name__ for one in taken] == ["Reservation"] * 5 + ["Refused"] * 3


async def test_a_valkey_that_is_not_there_is_a_warning_and_no_refusal(two: World) -> None:
    port = free_port()
    log = two.processes[0].log.with_name("alone.log")
    settings = environment(
        data_dir=str(log.parent),
        database_url=two.kernel.database.address,
        valkey_url=f"unix://{log.parent}/nothing.sock",
        public_url=f"http://localhost:{port}",
        listen=f"127.0.0.1:{port}",
        development="true",
    )
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "xenia.cli", "serve"], env=settings, cwd=log.parent, stderr=written, stdout=written
        )
    try:
        await until(lambda: _answers(f"http://localhost:{port}/health/ready"), "it serves")
        await until(lambda: _says(log, "valkey_away"), "it says that Valkey is away")
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, PATIENCE)
    doctor = subprocess.run(
        [sys.executable, "-m", "xenia.cli", "doctor"],
        env=settings, cwd=log.parent, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert any("valkey" in line and not line.startswith("ok") for line in doctor.stdout.splitlines()), doctor.stdout


async def _switched_off_and_on(two: World) -> None:
    tenant = await two.kernel.tenants.get("acme")
    assert tenant
    await two.kernel.tenants.change(two.context, "acme", plugins=tenant.plugins - {"oidc", "demo"})
    try:
        await until(lambda: _everywhere(two, 404), "off at every process", seconds=15)
    finally:
        await two.kernel.tenants.change(two.context, "acme", plugins=tenant.plugins)
    await until(lambda: _everywhere(two, 200), "on again at every process", seconds=15)


async def _everywhere(two: World, status: int) -> bool:
    answers = await asyncio.gather(*(two.clients[0].get(two.at(place, PATH)) for place in range(2)))
    return all(answer.status_code == status for answer in answers)


async def _ready(two: World) -> list[int]:
    return [(await two.clients[0].get(f"{one.url}/health/ready")).status_code for one in two.processes]


async def _answers(url: str) -> bool:
    async with httpx2.AsyncClient(trust_env=False) as client:
        try:
            return (await client.get(url)).status_code == 200
        except httpx2.TransportError:
            return False


async def _says(log: Path, words: str) -> bool:
    return words in log.read_text()


def _kill(valkey: EmbeddedValkey) -> None:
    assert valkey.pid is not None
    process = psutil.Process(valkey.pid)
    process.kill()
    process.wait(PATIENCE)
