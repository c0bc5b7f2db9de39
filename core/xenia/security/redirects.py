"""Where a browser may be sent: our own paths, and the redirect URIs that an application registered.

Both are judged by what they may contain, never by what they must not: browsers forgive a great many spellings
(WHATWG URL), so anything beyond plain RFC 3986 is refused.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, unquote, urlsplit

_MOST = 2048
_PCHAR = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
_PATH = re.compile(rf"(?:/{_PCHAR}*)+")
_QUERY = re.compile(rf"(?:{_PCHAR}|[/?])*")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
_NUMBER = re.compile(r"(?:0[xX][0-9A-Fa-f]*|[0-9]+)")
_LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::([0-9]{1,5}))?((?:[/?].*)?)")
_ACTIVE_SCHEMES = frozenset({"javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source"})


def same_origin_path(next: str | None) -> str | None:
    """``next`` if it is a plain path (and query) of our own origin, otherwise None.

    Empty and dot segments, and encoded slashes, dots or control characters in the path are refused as well, since a
    server or browser that decodes or normalises them could find another host in them.
    """
    if not next or len(next) > _MOST:
        return None
    path, _, query = next.partition("?")
    if not _PATH.fullmatch(path) or not _QUERY.fullmatch(query):
        return None
    return next if _is_plain(path) else None


def redirect_uri_problem(uri: str, *, development: bool = False, native: bool = False) -> str | None:
    """Why ``uri`` can't be registered, as the id of a sentence; None if it can (RFC 9700 4.1, RFC 8252 7).

    Plain ``http`` is for loopback and development; a scheme of its own (``com.example.app:``) for native applications.
    """
    if len(uri) > _MOST or not _URI.fullmatch(uri):
        return "redirect_uri.malformed"
    scheme = uri.partition(":")[0]
    if scheme.lower() in _ACTIVE_SCHEMES:
        return "redirect_uri.scheme"
    if "#" in uri:
        return "redirect_uri.fragment"
    if scheme.lower() in ("http", "https"):
        return _web_problem(uri, development=development)
    return _private_use_problem(scheme, native=native)


def matches_registered(uri: str, registered: str, *, native: bool = False) -> bool:
    """Whether a request's ``redirect_uri`` is the registered one, by exact comparison (RFC 9700 2.1).

    Only for a native application, only on a loopback IP literal, the port may differ (RFC 8252 7.3).
    """
    return uri == registered or (
        native and _without_port(uri) is not None and _without_port(uri) == _without_port(registered)
    )


def _is_plain(path: str) -> bool:
    decoded = unquote(unquote(path, "latin-1"), "latin-1")
    if decoded.count("/") != path.count("/") or any(one in "\\\x7f" or one < " " for one in decoded):
        return False
    segments = decoded.split("/")[1:]
    return not any(one in (".", "..") for one in segments) and "" not in segments[:-1]


def _web_problem(uri: str, *, development: bool) -> str | None:
    parts = _split(uri)
    if parts is None or parts.scheme != uri.partition(":")[0] or not uri.startswith(parts.scheme + "://"):
        return "redirect_uri.malformed"
    if "@" in parts.netloc:
        return "redirect_uri.userinfo"
    if not _is_host(parts.hostname or "", parts.netloc):
        return "redirect_uri.host"
    if parts.path and not (_PATH.fullmatch(parts.path) and _is_plain(parts.path)):
        return "redirect_uri.path"
    if not _QUERY.fullmatch(parts.query):
        return "redirect_uri.malformed"
    if parts.scheme == "http" and not development and not _is_loopback(parts.hostname or ""):
        return "redirect_uri.https"
    return None


def _private_use_problem(scheme: str, *, native: bool) -> str | None:
    if not native or scheme != scheme.lower():
        return "redirect_uri.scheme"
    return None if "." in scheme.strip(".") else "redirect_uri.scheme_without_dot"


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        # Reading the port is what checks it.
        return parts if parts.port != 0 and not parts.netloc.endswith(":") else None
    except ValueError:
        return None


def _is_host(host: str, netloc: str) -> bool:
    if netloc.startswith("["):
        return _is_ipv6(host)
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _is_ipv4(host)
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)


def _is_ipv4(host: str) -> bool:
    try:
        return str(IPv4Address(host)) == host
    except ValueError:
        return False


def _is_ipv6(host: str) -> bool:
    try:
        return IPv6Address(host).scope_id is None
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    if host in ("localhost", "::1"):
        return True
    return _is_ipv4(host) and IPv4Address(host).is_loopback


def _without_port(uri: str) -> tuple[str, str] | None:
    found = _LOOPBACK.fullmatch(uri)
    if found is None or int(found[2] or 80) not in range(1, 65536):
        return None
    return found[1], found[3]
