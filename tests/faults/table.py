"""Writes docs/reference/faults.md from the results of the last run: ``python -m tests.faults.table RESULTS...``.

Of several runs of parts the later ones win.

``python -m tests.faults.table --tests`` names what a run consists of.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.faults.bars import PROOFS, Proof, files

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"
COUNTED = ("rounds", "successes", "refusals", "others")
_HEAD = """# Faults: what breaks, and what is proven to hold

`make faults` runs everything below and writes this page. The faults happen to real processes: two `xenia serve` on one PostgreSQL with one Valkey,
and a third process (the test's own) that follows the same configuration and revocations. `make test` runs the same tests a few times each (column
"usual"); `make faults` as often as the column "full" says, and `XENIA_ROUNDS=20 make faults` at most so often. Nothing sleeps: conditions are asked
for, for a bounded time. The bars are B1 one-time things, B2 attempt limits, B3 revocations, B4 the audit log, B7 walls between tenants, B9
no account oracle, B10 outgoing connections, B11 secrets.

| Bar | Test | What happens | What must hold | usual | full |
|---|---|---|---|---|---|
{proofs}
## What is smaller than the bar asks

- **B1** asks for 1,000 trials of each one-time thing with one and with three processes; a full run has 200, with two. Invitations go the way of
  reset links; passkeys' challenges are raced in the tests of their plugin, in one process.
- **B3** asks for 10,000 races; a full run has 10,002, a third of them of each kind. Restarts and a flushed Valkey are in `test_valkey.py`, not in
  the race.
- **B11** asks for traces and metrics too; there are none yet. What the exception of a library says goes to the log, where only what has the form of
  a secret of Xenia's is masked: a password in such a message would be read.

## Last run

{date}, {machine}. Seconds are of the test alone, its preparation included. Rounds are those that were run; "at full size" is what the seconds come to
with the rounds of a full run on that machine.

| Test | Result | Cases | Rounds | Successes | Refusals | Other answers | Seconds | Minutes at full size |
|---|---|---|---|---|---|---|---|---|
{results}
## Beside these, without processes of their own

- `tests/core/journeys`: every transition of a journey; double submits, foreign browsers, planted cookies, invented actions, attempts under a race,
  decisions that fail, oracles.
- `tests/core/http`: hosts, paths, lengths, bodies and headers that nobody would send, links that no header can bend, every unsafe route against
  other sites.
- `tests/core/serving`: killed workers, taken ports, missing keys, a database that comes later.
- `tests/core/shared`: news and counts on a real Valkey, and without.
- `tests/plugins/protection/test_limits.py`: lockout as a weapon. `XENIA_FULL=1` lets strangers fail ten times from each of 10,000 addresses; the
  owner then signs in on a known device at the first try, on a new one with a passkey, and a copied cookie gets no guess looked at. Last in full on
  2026-11-22, 11:54 to 13:44 UTC beside other work (51 minutes of processor time): 100,000 failures, pass.

## Shared state

`core/xenia/shared` tells other processes that configuration or revocations changed, so that they look at once instead of at the next poll (1 s and
0.1 s). It decides nothing: versions, the revocation log, counters of attempts and everything that works once are rows in PostgreSQL. Losing it costs
the hurry. Several processes without an address of Valkey (and without the embedded one) refuse to start.
"""


def page(found: Mapping[str, Any]) -> str:
    """The whole page."""
    proofs = "".join(f"| {' | '.join(_described(proof))} |\n" for proof in PROOFS)
    results = "".join(f"| {' | '.join(_told(proof, found['results']))} |\n" for proof in PROOFS)
    return _HEAD.format(proofs=proofs, results=results, date=found["date"], machine=found["machine"])


def _described(proof: Proof) -> tuple[str, ...]:
    return (proof.bar, f"`{_short(proof)}`", proof.happens, proof.holds, proof.usual, proof.full)


def _told(proof: Proof, results: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    mine = [one for test, one in results.items() if test == proof.test or test.startswith(f"{proof.test}::")]
    if not mine:
        return (f"`{_short(proof)}`", "not run", *[""] * 7)
    total = {name: sum(one.get(name, 0) for one in mine) for name in (*COUNTED, "cases", "seconds")}
    counted = [f"{total[name]:,}" if total["rounds"] else "" for name in COUNTED]
    verdict = "pass" if all(one["passed"] for one in mine) else "**fail**"
    whole = f"{total['seconds'] / total['rounds'] * proof.rounds / 60:.0f}" if proof.rounds and total["rounds"] else ""
    return (f"`{_short(proof)}`", verdict, str(total["cases"]), *counted, f"{total['seconds']:.0f}", whole)


def _short(proof: Proof) -> str:
    """The file's name and the test's."""
    return proof.test.rpartition("/")[2]


def main(arguments: Sequence[str]) -> None:
    """Write the page, or say what a run consists of."""
    if arguments == ["--tests"]:
        print(*files())  # noqa: T201
        return
    runs = [json.loads(Path(path).read_text()) for path in arguments]
    results = {test: one for run in runs for test, one in run["results"].items()}
    PAGE.write_text(page({**runs[-1], "results": results}), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
