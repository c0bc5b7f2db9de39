"""Where an address is, by files in MaxMind's format that the operator supplies: ``<data_dir>/risk/city.mmdb`` and ``asn.mmdb``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import maxminddb
import msgspec


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A country (ISO 3166-1, ``""`` = unknown), roughly where, and whose network: an autonomous system's number."""

    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    provider: int | None = None


class Shelf:
    """The files, opened again when they are replaced. A missing one knows nothing."""

    def __init__(self, folder: Path) -> None:
        self.city = _File(folder / "city.mmdb")
        self.asn = _File(folder / "asn.mmdb")

    def place(self, address: str) -> Place:
        """What the files tell of an address; nothing of one that isn't an address."""
        city, asn = self.city.get(address), self.asn.get(address)
        where = city.get("location", {})
        return Place(
            country=str(city.get("country", {}).get("iso_code", "")),
            latitude=where.get("latitude"),
            longitude=where.get("longitude"),
            provider=asn.get("autonomous_system_number"),
        )


class _File:
    """One file, memory-mapped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int] | None = None
        self._reader: maxminddb.Reader | None = None

    def get(self, address: str) -> dict[str, Any]:
        """The record of an address, or an empty one. Raises ``InvalidDatabaseError`` for a file that is none."""
        reader = self._current()
        try:
            found = reader.get(address) if reader else None
        except (ValueError, TypeError):  # no address, or IPv6 in a file of IPv4
            return {}
        return found if isinstance(found, dict) else {}

    def _current(self) -> maxminddb.Reader | None:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self._seen, self._reader = None, None
            return None
        if (seen := (status.st_mtime_ns, status.st_ino)) != self._seen:
            self._reader, self._seen = maxminddb.open_database(self.path, maxminddb.MODE_AUTO), seen
        return self._reader
