"""Tiny files of places in MaxMind's format, made for the test. Networks are those kept for documentation and benchmarks (RFC 5737, RFC 2544)."""

from __future__ import annotations

from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped]

HOME, PARIS, SYDNEY, LISTED = "198.51.100.7", "203.0.113.9", "198.18.0.5", "198.19.0.9"
CITIES = {
    "198.51.100.0/24": ("DE", 52.5, 13.4),
    "203.0.113.0/24": ("FR", 48.9, 2.4),
    "198.18.0.0/24": ("AU", -33.9, 151.2),
}
PROVIDERS = {"198.51.100.0/24": 64500, "203.0.113.0/24": 64501, "198.18.0.0/24": 64502}


def write(folder: Path) -> None:
    """Both files, into a data folder."""
    (folder / "risk").mkdir(parents=True)
    city = MMDBWriter(ip_version=4, database_type="City")
    for network, (country, latitude, longitude) in CITIES.items():
        where = {"latitude": latitude, "longitude": longitude}
        city.insert_network(IPSet([network]), {"country": {"iso_code": country}, "location": where})
    city.to_db_file(str(folder / "risk" / "city.mmdb"))
    asn = MMDBWriter(ip_version=4, database_type="ASN")
    for network, number in PROVIDERS.items():
        asn.insert_network(IPSet([network]), {"autonomous_system_number": number})
    asn.to_db_file(str(folder / "risk" / "asn.mmdb"))
