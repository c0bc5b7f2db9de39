"""The verifier: are these the events that were sealed, all of them, in that order?

It needs rows, batches and public keys, and no secret, so it runs on an export as well as on a database. It goes through the batches in order and
stops at the first thing that is wrong. A tail that was cut off leaves a whole chain behind: only a checkpoint kept elsewhere shows it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from xenia.events import canonical
from xenia.events.models import Batch

Keys = Mapping[str, bytes]
"""Public audit keys: ``kid`` -> the 32 bytes of an Ed25519 key (RFC 8032)."""

SEARCHED = 1_000
"""Up to how many rows of a batch are tried to find the one that was put in between."""


class Fault(StrEnum):
    """What can be wrong with a row, a batch or a whole log."""

    CHANGED = "changed"
    DROPPED = "dropped"
    MOVED = "moved"
    INSERTED = "inserted"
    REWRITTEN = "rewritten"
    CHAIN = "chain"
    SIGNATURE = "signature"
    CUT = "cut"


class Finding(msgspec.Struct, frozen=True):
    """The first thing that is wrong: what, at which position, and which event stands there (``""`` = none)."""

    fault: Fault
    position: int
    event: str = ""

    def __str__(self) -> str:
        return f"position {self.position}: {_SENTENCES[self.fault]}" + (f" (event {self.event})" if self.event else "")


_SENTENCES = {
    Fault.CHANGED: "the row isn't the one that was sealed",
    Fault.DROPPED: "the row is missing",
    Fault.MOVED: "the row belongs to another position",
    Fault.INSERTED: "the row was never sealed",
    Fault.REWRITTEN: "the rows from here on aren't those that were sealed",
    Fault.CHAIN: "the batch doesn't follow the one before",
    Fault.SIGNATURE: "the batch isn't signed by a key of this tenant",
    Fault.CUT: "the log ends before a checkpoint that was exported",
}


class SealedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What stands at a position: the hash kept when it was sealed, and the event's columns as texts (``None`` = there is none)."""

    position: int
    leaf: bytes
    columns: dict[str, str] | None


class Checkpoint(msgspec.Struct, frozen=True):
    """What somebody wrote down elsewhere: how far the log went, and the hash that covers all of it."""

    tenant: str
    position: int
    hash: bytes


class Chain:
    """The state of a verification: the batches of one tenant are given to :meth:`check` one by one, each with its rows."""

    def __init__(self, tenant: str, keys: Keys, checkpoint: Checkpoint | None = None) -> None:
        self._tenant, self._keys, self._checkpoint = tenant, keys, checkpoint
        self.rows = 0
        self.last: Batch | None = None

    def check(self, batch: Batch, rows: Sequence[SealedRow]) -> Finding | None:
        """The first fault of ``batch`` and its rows, or ``None``. ``rows`` may reach one position further, which helps to name a fault."""
        found = self._check_batch(batch) or _check_rows(batch, rows) or self._check_checkpoint(batch)
        self.rows += batch.last_position - batch.first_position + 1
        self.last = batch
        return found

    def end(self, extra: Sequence[SealedRow] = ()) -> Finding | None:
        """The fault that shows only at the end: rows that no batch covers, or a tail that was cut off."""
        if extra:
            return Finding(Fault.INSERTED, extra[0].position, _event(extra[0]))
        position = self.last.last_position if self.last else 0
        if self._checkpoint and position < self._checkpoint.position:
            return Finding(Fault.CUT, position + 1)
        return None

    def _check_batch(self, batch: Batch) -> Finding | None:
        last = self.last
        follows = (
            batch.tenant == self._tenant
            and batch.number == (last.number + 1 if last else 1)
            and batch.first_position == (last.last_position + 1 if last else 1)
            and batch.last_position >= batch.first_position
            and batch.previous == (last.hash if last else canonical.GENESIS)
            and batch.hash == canonical.batch_hash(batch)
        )
        if not follows:
            return Finding(Fault.CHAIN, last.last_position + 1 if last else 1)
        if not is_signed(batch, self._keys):
            return Finding(Fault.SIGNATURE, batch.first_position)
        return None

    def _check_checkpoint(self, batch: Batch) -> Finding | None:
        point = self._checkpoint
        if point is None or not batch.first_position <= point.position <= batch.last_position:
            return None
        same = point.position == batch.last_position and point.hash == batch.hash
        return None if same else Finding(Fault.CHAIN, batch.first_position)


def is_signed(batch: Batch, keys: Keys) -> bool:
    """Whether one of the tenant's keys signed the batch."""
    key = keys.get(batch.kid)
    if key is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(batch.signature, canonical.SIGNED + batch.hash)
    except (InvalidSignature, ValueError):
        return False
    return True


def _check_rows(batch: Batch, rows: Sequence[SealedRow]) -> Finding | None:
    by_position = {row.position: row for row in rows}
    places = range(batch.first_position, batch.last_position + 1)
    known = frozenset(row.leaf for row in rows)
    for place in places:
        if (found := _check_row(place, by_position.get(place), known)) is not None:
            return found
    if canonical.root([by_position[place].leaf for place in places]) == batch.root:
        return None
    return _find_inserted(batch, by_position) or Finding(Fault.REWRITTEN, batch.first_position)


def _find_inserted(batch: Batch, rows: Mapping[int, SealedRow]) -> Finding | None:
    """The row without which, the next one moved up, the batch is the one that was signed."""
    reach = range(batch.first_position, batch.last_position + 2)
    if len(reach) > SEARCHED or reach[-1] not in rows:
        return None
    leaves = [rows[place].leaf for place in reach]
    for index, place in enumerate(reach):
        if canonical.root(leaves[:index] + leaves[index + 1 :]) == batch.root:
            return Finding(Fault.INSERTED, place, _event(rows[place]))
    return None


def _check_row(place: int, row: SealedRow | None, known: frozenset[bytes]) -> Finding | None:
    if row is None or row.columns is None:
        return Finding(Fault.DROPPED, place)
    actual = canonical.leaf(row.columns)
    if actual == row.leaf:
        return None
    return Finding(Fault.MOVED if actual in known else Fault.CHANGED, place, _event(row))


def _event(row: SealedRow) -> str:
    return row.columns["id"] if row.columns else ""


class Log(Protocol):
    """What is verified: the batches of a tenant in order, each with its rows, and then the rows that no batch covers."""

    def batches(self) -> AsyncIterator[tuple[Batch, Sequence[SealedRow]]]:
        """Each batch with its rows and, where there is one, the row after its last."""
        ...

    async def above(self, position: int) -> Sequence[SealedRow]:
        """Some rows above ``position``, the lowest first."""
        ...


async def verify(log: Log, chain: Chain) -> Finding | None:
    """Go through the whole log; the first fault, or ``None``."""
    async for batch, rows in log.batches():
        if (found := chain.check(batch, rows)) is not None:
            return found
    return chain.end(await log.above(chain.last.last_position if chain.last else 0))
