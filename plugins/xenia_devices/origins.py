"""The network that a sign-in comes from."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

PREFIXES = {4: 24, 6: 48}


def network_of(address: str) -> str:
    """The network that an address belongs to: /24 of IPv4, /48 of IPv6, as a provider hands them out. ``""`` for none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((parsed, PREFIXES[parsed.version]), strict=False))
