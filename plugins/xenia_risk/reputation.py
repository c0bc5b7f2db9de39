"""Addresses that attacks come from: a file that ``xenia risk lists`` makes of text lists, mapped into memory and searched.

The file is sorted, disjoint ranges of addresses: first and last, 16 octets each. IPv4 stands there as the IPv6 address that it is mapped to
(RFC 4291 section 2.5.5.2).
"""

from __future__ import annotations

import mmap
import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

_MAPPED = 0xFFFF << 32
_OCTETS = 16
_RANGE = 2 * _OCTETS
Range = tuple[int, int]


class Ranges(Sequence[bytes]):
    """The first addresses of the ranges in ``data``, as ``bisect`` wants to see them."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        self._data = data

    def __len__(self) -> int:
        return len(self._data) // _RANGE

    def __getitem__(self, index: int) -> bytes:  # type: ignore[override]  # slices aren't asked for
        return self._data[index * _RANGE : index * _RANGE + _OCTETS]

    def __contains__(self, address: object) -> bool:
        number = _packed(str(address))
        if number is None:
            return False
        place = bisect_right(self, number) - 1
        return place >= 0 and number <= self._data[place * _RANGE + _OCTETS : (place + 1) * _RANGE]


class Listed:
    """The file of one process, mapped again when it was replaced. Without a file nothing is listed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int] | None = None
        self._ranges = Ranges(b"")

    def __contains__(self, address: object) -> bool:
        return address in self.current()

    def current(self) -> Ranges:
        """What is listed now. Raises ``ValueError`` for a file that is none of ours."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self._seen, self._ranges = None, Ranges(b"")
            return self._ranges
        if (seen := (status.st_mtime_ns, status.st_ino)) != self._seen:
            self._ranges, self._seen = Ranges(_mapped(self.path, status.st_size)), seen
        return self._ranges


def _mapped(path: Path, size: int) -> bytes | mmap.mmap:
    if size % _RANGE:
        raise ValueError(f"{path.name} isn't whole")
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""


def build(lists: Iterable[Path], target: Path) -> int:
    """Make the file of text lists: an address or a network in a line, ``#`` begins a remark. Replaces it whole or not at all.

    The number of ranges. Raises ``ValueError`` naming the line that is neither.
    """
    ranges = _merged(sorted(network for path in lists for network in _networks(path)))
    target.parent.mkdir(parents=True, exist_ok=True)
    draft, count = target.with_suffix(".new"), 0
    with draft.open("wb") as file:
        for start, end in ranges:
            file.write(start.to_bytes(_OCTETS, "big") + end.to_bytes(_OCTETS, "big"))
            count += 1
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    return count


def _networks(path: Path) -> Iterator[Range]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if words := line.partition("#")[0].strip():
                try:
                    yield _range(words)
                except ValueError as problem:
                    raise ValueError(f"{path.name}, line {number}: {problem}") from problem


def _range(words: str) -> Range:
    network = ip_network(words, strict=False)
    shift = 0 if isinstance(network.network_address, IPv6Address) else _MAPPED
    return int(network.network_address) + shift, int(network.broadcast_address) + shift


def _merged(ranges: Iterable[Range]) -> Iterator[Range]:
    current: Range | None = None
    for start, end in ranges:
        if current is not None and start <= current[1] + 1:
            current = current[0], max(current[1], end)
            continue
        if current is not None:
            yield current
        current = start, end
    if current is not None:
        yield current


def _packed(address: str) -> bytes | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return parsed.packed if isinstance(parsed, IPv6Address) else (int(parsed) + _MAPPED).to_bytes(_OCTETS, "big")
