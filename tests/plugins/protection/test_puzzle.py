"""The arithmetic of a puzzle, and that the browser's worker finds the same."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.plugins.protection.support import answers
from tests.programs import require
from xenia_protection.puzzle import GROWTH, growth, leading_zeros, work_in

WORKER = Path(__file__).parents[3] / "plugins/xenia_protection/static/worker.js"
DRIVE = """
const source = require('fs').readFileSync(process.argv[1], 'utf8').replace('onmessage =', 'globalThis.onmessage =');
globalThis.postMessage = (found) => console.log(found);
new Function(source)();
onmessage({ data: { challenge: process.argv[2], bits: Number(process.argv[3]) } });
"""


@pytest.mark.parametrize(
    ("digest", "zeros"), [(b"\x80", 0), (b"\x01", 7), (b"\x00\x10", 11), (b"\x00" * 4, 32), (b"\xff\x00", 0)]
)
def test_leading_zero_bits_are_counted(digest: bytes, zeros: int) -> None:
    assert leading_zeros(digest) == zeros


@pytest.mark.parametrize(
    "answer", ["", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "\u0661", "9" * 17, "1\n", "x", "\x00"]
)
def test_what_is_no_number_shows_no_work(answer: str) -> None:
    assert work_in("xpuzzle_a", answer) == 0


def test_it_grows_with_the_doublings_and_stays_bearable() -> None:
    assert [growth(wrong, 20) for wrong in (0, 19, 39, 40, 80, 160, 10**9)] == [0, 0, 0, 1, 2, 3, GROWTH]
    assert growth(5, 0) == 2


def test_twice_the_work_is_half_as_often_right() -> None:
    found = [next(answers(f"challenge {number}", 8)) for number in range(40)]
    assert 100 < sum(map(int, found)) / len(found) < 600


@pytest.mark.parametrize("challenge", ["xpuzzle_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM", "x", "y" * 64])
def test_the_worker_finds_what_the_server_takes(challenge: str) -> None:
    command = [require("node 20"), "-e", DRIVE, str(WORKER), challenge, "12"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    assert said == next(answers(challenge, 12))
