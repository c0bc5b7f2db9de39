"""A file of leaked passwords' hashes: a head, then the first bytes of each SHA-1, sorted, each of the same width.

The width trades room for certainty: of a thousand million hashes, eight bytes each, a password that never leaked is taken for one with a
chance of one in eighteen thousand million. Looking up halves the mapped file until it finds its place, about thirty steps.
"""

from __future__ import annotations

import mmap
import struct
from bisect import bisect_left
from pathlib import Path
from typing import Self

import msgspec

from xenia_breached.errors import CantTell

MAGIC = b"XENIABR1"
HEAD_BYTES = 64
SHORTEST, LONGEST = 5, 20
_HEAD = struct.Struct(">8sBBxxIQQQ")


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of itself. ``least``, ``source_size`` and ``source_time`` (nanoseconds) tell a build what it may go on with."""

    width: int
    complete: bool = False
    least: int = 1
    count: int = 0
    source_size: int = 0
    source_time: int = 0

    def encoded(self) -> bytes:
        """The head as it is stored."""
        packed = _HEAD.pack(
            MAGIC, self.width, self.complete, self.least, self.count, self.source_size, self.source_time
        )
        return packed.ljust(HEAD_BYTES, b"\0")

    @classmethod
    def decoded(cls, stored: bytes) -> Self:
        """Read one. Raises ``ValueError`` for anything else."""
        if len(stored) < HEAD_BYTES or not stored.startswith(MAGIC):
            raise ValueError("not a file of hashes")
        _, width, complete, least, count, size, time = _HEAD.unpack_from(stored)
        if not SHORTEST <= width <= LONGEST:
            raise ValueError("not a file of hashes")
        return cls(width=width, complete=bool(complete), least=least, count=count, source_size=size, source_time=time)

    @property
    def size(self) -> int:
        """How long the file must be, in bytes."""
        return HEAD_BYTES + self.count * self.width


class HashFile:
    """A finished file, mapped into memory. A newer one takes its place on the disk; this one stays what it was."""

    def __init__(self, path: Path) -> None:
        """Raises :class:`CantTell` for a file that is cut short, unfinished or something else."""
        try:
            with path.open("rb") as file:
                self.head = Head.decoded(file.read(HEAD_BYTES))
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as problem:
            raise CantTell(f"{path}: {problem}") from problem
        if not self.head.complete or len(self._bytes) != self.head.size:
            raise CantTell(f"{path}: cut short or unfinished")

    def __contains__(self, sha1: bytes) -> bool:
        wanted = sha1[: self.head.width]
        place = bisect_left(range(self.head.count), wanted, key=self._record)
        return place < self.head.count and self._record(place) == wanted

    def _record(self, place: int) -> bytes:
        start = HEAD_BYTES + place * self.head.width
        return self._bytes[start : start + self.head.width]


class Shelf:
    """The file at one path, opened again as soon as another stands there. Blocks on the disk: ask it from a thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._file: HashFile | None = None

    def current(self) -> HashFile | None:
        """The file of now, ``None`` where there is none. Raises :class:`CantTell` for one that can't be used."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self._seen = self._file = None
            return None
        except OSError as problem:
            raise CantTell(f"{self.path}: {problem}") from problem
        seen = (status.st_ino, status.st_size, status.st_mtime_ns)
        if self._file is None or seen != self._seen:
            self._file, self._seen = HashFile(self.path), seen
        return self._file

    def holds(self, sha1: bytes) -> bool | None:
        """Whether the file lists a hash; ``None`` = there is no file."""
        file = self.current()
        return None if file is None else sha1 in file
