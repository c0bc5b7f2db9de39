"""Where a sign-in comes from, coarsely: the kind of browser, and the network of an address."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

_FAMILIES = ("Edg/", "OPR/", "Firefox/", "Chrome/", "Safari/")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "CrOS", "Linux")
PREFIXES = {4: 24, 6: 48}


def family_of(user_agent: str) -> str:
    """``Firefox/Linux``: what stays the same when a browser is brought up to date."""
    found = (next((mark for mark in marks if mark in user_agent), "") for marks in (_FAMILIES, _SYSTEMS))
    return "/".join(part.strip("/") for part in found)


def network_of(address: str) -> str:
    """The network that an address belongs to: /24 of IPv4, /48 of IPv6, as a provider hands them out. ``""`` for none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((parsed, PREFIXES[parsed.version]), strict=False))
