"""The values that settings are made of, and their readers.

A reader takes what TOML or the environment gives and returns the field's value, or raises ``ValueError`` whose text
says what to write instead. Readers of secrets never put the value into that text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

import msgspec

Network = IPv4Network | IPv6Network
Reader = Callable[[object], object]


class Secret:
    """A value that no log, traceback or repr shows; :meth:`reveal` gives it. Empty means: not set."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one place that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "***"


class Address(msgspec.Struct, frozen=True):
    """Where to listen: a host name or IP address, and a port (0 = any free one)."""

    host: str
    port: int


class Destination(msgspec.Struct, frozen=True):
    """A private network and one port on it that outgoing connections may reach."""

    network: Network
    port: int


class Log(msgspec.Struct, frozen=True):
    """The form and the level of the log."""

    form: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


def text(value: object) -> str:
    """Text without surrounding blanks."""
    if not isinstance(value, str):
        raise ValueError("write a text in quotes")
    return value.strip()


def boolean(value: object) -> bool:
    """True or false, also as the environment writes them."""
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in known:
        return known[value.strip().lower()]
    raise ValueError("write true or false")


def whole_number(low: int, high: int) -> Callable[[object], int]:
    """A reader for a whole number in a range, both ends included."""

    def read(value: object) -> int:
        if isinstance(value, str) and value.strip().isdecimal():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"write a whole number from {low} to {high}")
        return value

    return read


def path(value: object) -> Path:
    """A path; ``~`` is the home folder."""
    return Path(text(value)).expanduser()


def items(value: object) -> Iterator[str]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ValueError('write a list such as ["a", "b"]')
    return (item for item in map(text, items) if item)


def _split(address: str) -> SplitResult:
    parts = urlsplit(address)
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("write an address such as https://login.example.com")
    _ = parts.port  # raises ValueError when out of range
    return parts


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address means this machine only (RFC 6761 section 6.3 for the names)."""
    name = (host or "").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def web_address(value: object) -> str:
    """``https://host[:port][/path]`` without a slash at the end; ``http`` on loopback only."""
    address = text(value).rstrip("/")
    parts = _split(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError("write an address that begins with https:// (http:// is for localhost only)")
    return address


def origin(value: object) -> str:
    """A web address without a path."""
    address = web_address(value)
    if urlsplit(address).path:
        raise ValueError("leave the path out: scheme, host and port only")
    return address


def optional_web_address(value: object) -> str:
    """A web address, or empty."""
    return web_address(value) if text(value) else ""


def service(*schemes: str) -> Callable[[object], Secret]:
    """A reader for the address of a service, which may hold a password and is therefore a secret."""

    def read(value: object) -> Secret:
        address = text(value)
        if address and urlsplit(address).scheme not in schemes:
            raise ValueError(f"write an address that begins with {schemes[0]}://")
        return Secret(address)

    return read


def listen(value: object) -> Address:
    """``host:port`` or ``[IPv6]:port``."""
    found = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})", text(value))
    if found is None or int(found[3]) > 65535:
        raise ValueError("write host:port, such as 127.0.0.1:8000 or [::1]:8000")
    return Address(found[1] or found[2], int(found[3]))


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a network; write for example 10.0.0.0/8, no bits after the prefix") from None


def networks(value: object) -> tuple[Network, ...]:
    """Networks in prefix notation."""
    return tuple(_network(item) for item in items(value))


def _destination(text: str) -> Destination:
    found = re.fullmatch(r"\[?([0-9a-fA-F:./]+?)\]?:(\d{1,5})", text)
    if found is None or not 0 < int(found[2]) <= 65535:
        raise ValueError(f"{text!r} is not network:port; write for example 10.0.0.0/8:443 or [fd00::/8]:636")
    return Destination(_network(found[1]), int(found[2]))


def destinations(value: object) -> tuple[Destination, ...]:
    """Networks with a port, IPv6 in brackets."""
    return tuple(_destination(item) for item in items(value))


def names(value: object) -> tuple[str, ...]:
    """A list of names."""
    return tuple(items(value))


def log(value: object) -> Log:
    """``form`` or ``form:level``."""
    form, _, level = text(value).partition(":")
    try:
        return msgspec.convert({"form": form, "level": level or "info"}, Log)
    except msgspec.ValidationError:
        raise ValueError("write text or json and, if you like, :debug, :info, :warning or :error") from None
