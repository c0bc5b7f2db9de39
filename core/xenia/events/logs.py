"""The two forms of an audit log that can be verified: the tables of a database, and an export.

**An export** is JSON lines in UTF-8. The first line is ``{"xenia_audit": 1, "tenant": ...}``; one line ``{"kid": ..., "public": ...}`` for each audit
key (Ed25519, base64); then for each batch its rows, ``{"position": ..., "leaf": ..., "columns": {...}}``, and the batch itself, ``{"batch": {...}}``,
with bytes in hexadecimal. Rows that no batch covers stand at the end.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from xenia.db import Database
from xenia.errors import SetupError
from xenia.events import canonical, tables
from xenia.events.models import Batch
from xenia.events.verify import Keys, Log, SealedRow

FORMAT = 1
_BATCHES_READ = 500
_ROWS_READ = 5_000
_HEX = ("root", "previous", "hash", "signature")


class DatabaseLog:
    """One tenant's log as it stands in the database."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database, self._tenant = database, tenant

    async def batches(self) -> AsyncIterator[tuple[Batch, Sequence[SealedRow]]]:
        """Each batch with its rows and the row after its last."""
        number = 0
        while some := await tables.batches_after(self._database, self._tenant, number, _BATCHES_READ):
            for group in _grouped(some):
                rows = await self._rows(group[0].first_position - 1, group[-1].last_position + 1)
                places = [row.position for row in rows]
                for batch in group:
                    begin, end = (
                        bisect_left(places, batch.first_position),
                        bisect_right(places, batch.last_position + 1),
                    )
                    yield batch, rows[begin:end]
            number = some[-1].number

    async def above(self, position: int) -> Sequence[SealedRow]:
        """The first row above ``position`` that no batch covers."""
        found = await tables.first_uncovered(self._database, self._tenant, position)
        return () if found is None else await self._rows(found - 1, found)

    async def _rows(self, above: int, up_to: int) -> list[SealedRow]:
        rows = await tables.sealed(self._database, self._tenant, above, up_to)
        return [SealedRow(position=row["position"], leaf=row["leaf"], columns=_columns(row)) for row in rows]


def _grouped(batches: Sequence[Batch]) -> Iterator[list[Batch]]:
    """Batches whose rows are read together: one query for many small ones, and never many large ones in memory."""
    group: list[Batch] = []
    for batch in batches:
        if group and batch.last_position - group[0].first_position > _ROWS_READ:
            yield group
            group = []
        group.append(batch)
    if group:
        yield group


def _columns(row: Mapping[str, Any]) -> dict[str, str] | None:
    return None if row["missing"] else canonical.texts_of(row)


async def lines(log: Log, tenant: str, keys: Keys) -> AsyncIterator[bytes]:
    """The lines of an export of ``log``."""
    yield _line({"xenia_audit": FORMAT, "tenant": tenant})
    for kid, public in keys.items():
        yield _line({"kid": kid, "public": b64encode(public).decode()})
    last = 0
    async for batch, rows in log.batches():
        for row in rows:
            if batch.first_position <= row.position <= batch.last_position:
                yield _row_line(row)
        yield _line({"batch": _batch_texts(batch)})
        last = batch.last_position
    for row in await log.above(last):
        yield _row_line(row)


def _line(value: Any) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def _row_line(row: SealedRow) -> bytes:
    return _line({"position": row.position, "leaf": row.leaf.hex(), "columns": row.columns})


def _batch_texts(batch: Batch) -> dict[str, Any]:
    plain = {name: getattr(batch, name) for name in Batch.__struct_fields__}
    return {**plain, "at": canonical.moment(batch.at), **{name: plain[name].hex() for name in _HEX}}


class PublicKey(NamedTuple):
    """An audit key as an export names it."""

    kid: str
    public: bytes


class ExportedLog:
    """An export in a file. Raises ``SetupError`` with one line where it isn't one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rest: list[SealedRow] = []
        lines = [line for line in self._read() if isinstance(line, str | PublicKey)]
        if not lines:
            raise SetupError(f"{path} is empty, not an audit export")
        self.tenant = str(lines[0])
        self.keys = dict(line for line in lines if isinstance(line, PublicKey))

    async def batches(self) -> AsyncIterator[tuple[Batch, Sequence[SealedRow]]]:
        """Each batch with the rows before it, and the first row of the next."""
        ready: Batch | None = None
        behind: list[SealedRow] = []
        rows: list[SealedRow] = []
        for line in self._read():
            if isinstance(line, SealedRow):
                rows.append(line)
            if ready and isinstance(line, SealedRow | Batch):
                yield ready, [*behind, *rows[:1]]
                ready = None
            if isinstance(line, Batch):
                ready, behind, rows = line, rows, []
        if ready:
            yield ready, behind
        self._rest = rows

    async def above(self, position: int) -> Sequence[SealedRow]:
        """The rows after the last batch, which have been read by then."""
        return [row for row in self._rest if row.position > position]

    def _read(self) -> Iterator[str | PublicKey | SealedRow | Batch]:
        try:
            with self._path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    yield self._parsed(number, line)
        except OSError as problem:
            raise SetupError(f"{self._path} can't be read: {problem.strerror}") from problem

    def _parsed(self, number: int, line: bytes) -> str | PublicKey | SealedRow | Batch:
        try:
            found = msgspec.json.decode(line, type=dict[str, Any])
            return _head(found) if number == 1 else _parsed(found)
        except (ValueError, KeyError, TypeError) as problem:
            raise SetupError(f"{self._path} line {number} isn't a line of an audit export: {problem!r}") from problem


def _head(line: dict[str, Any]) -> str:
    if line["xenia_audit"] != FORMAT:
        raise ValueError("an unknown version")
    return str(line["tenant"])


def _parsed(line: dict[str, Any]) -> PublicKey | SealedRow | Batch:
    if "kid" in line:
        return PublicKey(str(line["kid"]), b64decode(line["public"]))
    if "batch" in line:
        return _batch(line["batch"])
    columns = msgspec.convert(line["columns"], dict[str, str] | None)
    return SealedRow(position=int(line["position"]), leaf=bytes.fromhex(line["leaf"]), columns=columns)


def _batch(texts: Mapping[str, Any]) -> Batch:
    plain = {**texts, "at": datetime.fromisoformat(texts["at"]), **{name: bytes.fromhex(texts[name]) for name in _HEX}}
    return msgspec.convert(plain, Batch, strict=True, builtin_types=(bytes, datetime))


if TYPE_CHECKING:
    _logs: tuple[type[Log], ...] = (DatabaseLog, ExportedLog)
