"""Who is asking: the client's address behind trusted proxies, and the headers only those may set.

Of a forwarding header the right-most hop that is not trusted is the client; everything left of it was written by the
client and is not read (RFC 7239 8.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from xenia.errors import SetupError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Headers = Iterable[tuple[bytes, bytes]]
ForwardingHeader = Literal["x-forwarded-for", "forwarded"]

UNKNOWN = "unknown"
_UNIX = "unix"
_MOST_HOPS = 32

# Headers by which a proxy speaks of identity, certificate or origin: believed from a trusted peer, else removed.
_PROXY_HEADERS = frozenset(
    b"forwarded x-real-ip x-client-ip x-cluster-client-ip true-client-ip cf-connecting-ip fastly-client-ip via"
    b" client-cert client-cert-chain x-client-cert x-client-certificate x-arr-clientcert"
    b" remote-user x-remote-user x-user x-webauth-user x-authenticated-user"
    b" x-original-url x-rewrite-url x-original-host x-host x-http-method-override x-http-method"
    b" x-method-override front-end-https".split()
)
_PROXY_PREFIXES = (
    b"x-forwarded-", b"x-ssl-", b"ssl-", b"x-client-cert-", b"x-auth-request-", b"x-remote-", b"x-amzn-mtls-",
    b"x-xenia-",
)  # fmt: skip


class Proxies:
    """The proxies before us.

    ``trusted``: networks, written or parsed, and ``unix`` for peers on a socket file. ``header``: the one forwarding
    header that they write; the other may be passed through from the client and is never read.
    """

    def __init__(self, trusted: Sequence[str | Network] = (), header: ForwardingHeader = "x-forwarded-for") -> None:
        self._unix = _UNIX in trusted
        self._networks = tuple(_network(text) for text in trusted if text != _UNIX)
        self._header = header

    def trusts(self, peer: str | None) -> bool:
        """Whether the socket's peer (None or empty for a socket file) is one of ours."""
        if not peer:
            return self._unix
        address = _of_socket(peer)
        return address is not None and self._contains(address)

    def client(self, peer: str | None, headers: Headers) -> str:
        """The address of the client, in canonical spelling; ``unknown`` if nothing trustworthy tells it.

        A hop that is no address ends the walk: the nearest address known to be true stands for it.
        """
        nearest = _of_socket(peer or "")
        if self.trusts(peer):
            for hop in reversed(self._hops(headers)):
                address = parse_address(hop)
                if address is None:
                    break
                nearest = address
                if not self._contains(address):
                    break
        return _spelled(nearest) if nearest else UNKNOWN

    def strip(self, peer: str | None, headers: Headers) -> list[tuple[bytes, bytes]]:
        """The headers without those that only a trusted proxy may set, unless the peer is one."""
        if self.trusts(peer):
            return list(headers)
        return [(name, value) for name, value in headers if not is_proxy_header(name)]

    def _contains(self, address: Address) -> bool:
        return any(address in network for network in self._networks)

    def _hops(self, headers: Headers) -> list[str]:
        name = self._header.encode()
        values = [value.decode("latin-1") for key, value in headers if key.lower() == name]
        hops = ",".join(values).split(",")[-_MOST_HOPS:] if values else []
        return [hop if self._header == "x-forwarded-for" else _forwarded_for(hop) for hop in hops]


@lru_cache(maxsize=4096)
def _spelled(address: Address) -> str:
    """The canonical spelling, remembered."""
    return str(address)


@lru_cache(maxsize=4096)
def is_proxy_header(name: bytes) -> bool:
    """Whether a header speaks for a proxy; ``_`` counts as ``-``, as gateways confuse the two."""
    plain = name.lower().replace(b"_", b"-")
    return plain in _PROXY_HEADERS or plain.startswith(_PROXY_PREFIXES)


@lru_cache(maxsize=4096)
def source_key(address: str) -> str:
    """What counters group a client by: an IPv4 address, or the /64 of an IPv6 address, which one subscriber owns."""
    parsed = parse_address(address)
    if parsed is None:
        return UNKNOWN
    return str(IPv6Network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)


_PORT = re.compile(r"^(?:\[(?P<v6>[^\[\]]+)\](?::\d{1,5})?|(?P<v4>[\d.]+):\d{1,5})$")


def parse_address(text: str) -> Address | None:
    """The address that ``text`` spells, with or without a port; IPv4 within IPv6 is unwrapped; None if it is none."""
    text = text.strip(" \t")
    if found := _PORT.fullmatch(text):
        text = found["v6"] or found["v4"]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id else address.ipv4_mapped or address
    return address


@lru_cache(maxsize=4096)
def _of_socket(peer: str) -> Address | None:
    """The address of a peer, remembered: the same few proxies and clients come again and again."""
    return parse_address(peer)


def _forwarded_for(element: str) -> str:
    """The ``for`` parameter of one element of ``Forwarded`` (RFC 7239 4); empty if it has none, or several."""
    found = [value for name, value in _parameters(element) if name == "for"]
    return found[0] if len(found) == 1 else ""


def _parameters(element: str) -> Iterator[tuple[str, str]]:
    for pair in element.split(";"):
        name, _, value = pair.partition("=")
        yield name.strip().lower(), value.strip().removeprefix('"').removesuffix('"')


def _network(written: str | Network) -> Network:
    try:
        return ip_network(written)
    except ValueError as error:
        raise SetupError(f"trusted_proxies: {written!r} is not a network such as 10.0.0.0/8") from error
