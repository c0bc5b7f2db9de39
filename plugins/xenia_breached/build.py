"""Builds the file from the published list: a text of lines ``hash:count``, sorted by hash, of any length.

It is read once, in pieces, and written beside the target. What was written so far is counted in the head each time it is safely on the disk,
so that a build that was killed goes on from there: the last record tells by bisection where in the sorted text it was.
"""

from __future__ import annotations

import fcntl
import os
import re
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from xenia_breached.errors import BuildRefused
from xenia_breached.file import HEAD_BYTES, Head

PIECE = 4 << 20
CHECKPOINT = 32 << 20
_LINE = re.compile(rb"^([0-9A-F]{40})(?::([0-9]{1,12}))?\r?$", re.MULTILINE)


class Done(msgspec.Struct, frozen=True):
    """How far a build is: bytes of the source that were read, and of how many; hashes that were kept."""

    read: int
    size: int
    kept: int


class Build:
    """One build. ``least`` leaves out what was seen less often."""

    def __init__(self, source: Path, target: Path, *, width: int, least: int) -> None:
        self._source, self._target = source, target
        self._part = target.with_name(f"{target.name}.part")
        self._width, self._least = width, least
        self._kept = 0
        self._last = b""

    def steps(self) -> Iterator[Done]:
        """Do the work, a piece at a time. Raises :class:`BuildRefused`; what was done is kept for the next try."""
        try:
            with self._source.open("rb") as source, _held(self._part) as part:
                yield from self._steps(source, part)
        except OSError as problem:
            raise BuildRefused(f"{problem.filename or self._part}: {problem.strerror}") from problem

    def _steps(self, source: BinaryIO, part: BinaryIO) -> Iterator[Done]:
        head = self._head(source)
        start = self._resumed(source, part, head)
        safe = self._kept
        yield Done(start, head.source_size, self._kept)
        for read, records in self._pieces(source, start):
            part.write(records)
            self._kept += len(records) // self._width
            if (self._kept - safe) * self._width >= CHECKPOINT:
                self._checkpoint(part, head)
                safe = self._kept
            yield Done(read, head.source_size, self._kept)
        self._finish(part, head)

    def _head(self, source: BinaryIO) -> Head:
        status = os.fstat(source.fileno())
        if not os.path.isfile(self._source):  # noqa: PTH113  the descriptor's own file, whatever its name is now
            raise BuildRefused(f"{self._source} is no plain file: unpack it first")
        return Head(width=self._width, least=self._least, source_size=status.st_size, source_time=status.st_mtime_ns)

    # -- going on

    def _resumed(self, source: BinaryIO, part: BinaryIO, head: Head) -> int:
        """Where to read on. Another source, or another way to read it, begins anew."""
        before = _head_of(part)
        if before is None or msgspec.structs.replace(before, count=0, complete=False) != head or not before.count:
            part.truncate(0)
            part.seek(0)
            part.write(head.encoded())
            return 0
        part.truncate(before.size)
        part.seek(before.size - self._width)
        last = part.read(self._width)
        self._kept = before.count
        return _first_after(source, head.source_size, last.hex().upper().encode())

    def _checkpoint(self, part: BinaryIO, head: Head, *, complete: bool = False) -> None:
        """First the records, then the head that counts them, so that it never counts what isn't there."""
        part.flush()
        os.fsync(part.fileno())
        part.seek(0)
        part.write(msgspec.structs.replace(head, count=self._kept, complete=complete).encoded())
        part.seek(0, os.SEEK_END)

    def _finish(self, part: BinaryIO, head: Head) -> None:
        if not self._kept:
            raise BuildRefused(f"{self._source} holds no hash that was seen {self._least} times")
        self._checkpoint(part, head, complete=True)
        part.flush()
        os.fsync(part.fileno())
        os.replace(self._part, self._target)  # noqa: PTH105  one step, with the old file's readers undisturbed
        folder = os.open(self._target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    # -- reading

    def _pieces(self, source: BinaryIO, start: int) -> Iterator[tuple[int, bytes]]:
        """The records of whole lines, with the place in the source that they reach to."""
        source.seek(start)
        rest, read = b"", start
        while piece := source.read(PIECE):
            read += len(piece)
            lines, _, rest = (rest + piece).rpartition(b"\n")
            if lines:
                yield read - len(rest), self._records(lines, read - len(rest))
        if rest:
            yield read, self._records(rest, read)

    def _records(self, lines: bytes, read: int) -> bytes:
        found = _LINE.findall(lines.upper())
        if len(found) != lines.count(b"\n") + 1:
            raise BuildRefused(f"{self._source}: a line before byte {read} is no `hash:count`")
        hashes = [hash_ for hash_, _ in found]
        if hashes[0] < self._last or hashes != sorted(hashes):
            raise BuildRefused(f"{self._source} is not in order before byte {read}: LC_ALL=C sort it first")
        self._last = hashes[-1]
        kept = [hash_ for hash_, count in found if int(count or 1) >= self._least] if self._least > 1 else hashes
        digits = 2 * self._width
        return bytes.fromhex(b"".join([hash_[:digits] for hash_ in kept]).decode())


@contextmanager
def _held(path: Path) -> Iterator[BinaryIO]:
    """The part, held for this process alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, "r+b") as part:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise BuildRefused(f"another build writes {path} now") from problem
        yield part


def _head_of(part: BinaryIO) -> Head | None:
    part.seek(0)
    try:
        head = Head.decoded(part.read(HEAD_BYTES))
    except ValueError:
        return None
    return head if os.fstat(part.fileno()).st_size >= head.size else None


def _first_after(source: BinaryIO, size: int, hex_: bytes) -> int:
    """Where the first line begins whose hash doesn't begin with ``hex_`` or with less."""

    def line_from(offset: int) -> int:
        if not offset:
            return 0
        source.seek(offset - 1)
        source.readline()
        return source.tell()

    def is_after(offset: int) -> bool:
        source.seek(line_from(offset))
        line = source.readline()
        return not line or line[: len(hex_)].upper() > hex_

    return line_from(bisect_left(range(size + 1), True, key=is_after))
