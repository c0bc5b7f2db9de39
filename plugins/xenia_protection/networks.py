"""The network that a guess comes from."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

PREFIXES = {4: 24, 6: 48}
UNKNOWN = "unknown"
WHOLE = ""
"""Stands where a network could: the whole of the tenant."""


def network_of(address: str) -> str:
    """The network that an address belongs to: /24 of IPv4, /48 of IPv6, as a provider hands them out. What is no address is one network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return UNKNOWN
    return str(ip_network((parsed, PREFIXES[parsed.version]), strict=False))


def is_counted(network: str) -> bool:
    """Whether guesses are counted under this network, so that it can be blocked: one as :func:`network_of` writes it."""
    return network == UNKNOWN or (bool(named(network)) and network_of(network.partition("/")[0]) == network)


def named(text: str) -> str:
    """The network that somebody names, as it is written here; ``""`` for what names none."""
    if text == UNKNOWN:
        return UNKNOWN
    try:
        return str(ip_network(text))
    except ValueError:
        return ""
