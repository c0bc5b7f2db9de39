"""Security headers of a response, ready as raw ASGI tuples (CSP level 3, RFC 6797, Fetch, HTML)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

Header = tuple[bytes, bytes]

_SELF = "'self'"
_NONE = "'none'"
_YEAR = 31_536_000

# What may stand in a source list: an origin, a scheme of an application, or one of the two harmless keywords.
_SOURCE = re.compile(r"'self'|'none'|https?://[A-Za-z0-9._\-\[\]:]+|[a-z][a-z0-9+.-]*:")
_HEADERS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
_HSTS: Header = (b"strict-transport-security", f"max-age={_YEAR}; includeSubDomains".encode())
_NO_STORE: Header = (b"cache-control", b"no-store")


Sources = Mapping[str, tuple[str, ...]]
_OPENED = frozenset({"script-src", "style-src", "connect-src", "frame-src"})


def content_security_policy(
    form_action: Iterable[str] = (), *, frame_src: Iterable[str] = (), more: Sources | None = None
) -> str:
    """A policy without ``unsafe-*`` and without ``data:``.

    ``form_action``: origins (or schemes of native applications) that a form's answer may redirect to, beside our own;
    browsers apply the directive to redirects. ``frame_src``: origins framed for front-channel logout. ``more``: origins that one page
    lets in for scripts, styles, connections and frames of somebody else's, by directive.
    ``ValueError`` for anything that is no plain source, so that nothing can be smuggled into the policy.
    """
    directives = {
        "default-src": [_NONE],
        "script-src": [_SELF],
        "style-src": [_SELF],
        "img-src": [_SELF],
        "font-src": [_SELF],
        "connect-src": [_SELF],
        "form-action": [_SELF, *_checked(tuple(form_action))],
        "frame-src": _checked(tuple(frame_src)) or [_NONE],
        "frame-ancestors": [_NONE],
        "base-uri": [_NONE],
        "object-src": [_NONE],
    }
    for name, sources in (more or {}).items():
        if name not in _OPENED:
            raise ValueError(f"no page opens its policy for {name}")
        directives[name] = [*(one for one in directives[name] if one != _NONE), *_checked(tuple(sources))]
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def security_headers(
    *,
    https: bool,
    form_action: Iterable[str] = (),
    frame_src: Iterable[str] = (),
    more: Sources | None = None,
    no_store: bool = True,
) -> list[Header]:
    """The headers that every response carries; ``no_store`` is off only for public, fingerprinted files."""
    opened = tuple(sorted((name, tuple(sources)) for name, sources in (more or {}).items()))
    return list(_ready(https, tuple(form_action), tuple(frame_src), opened, no_store))


@lru_cache(maxsize=1024)
def _ready(
    https: bool,
    form_action: tuple[str, ...],
    frame_src: tuple[str, ...],
    opened: tuple[tuple[str, tuple[str, ...]], ...],
    no_store: bool,
) -> tuple[Header, ...]:
    said = content_security_policy(form_action, frame_src=frame_src, more=dict(opened))
    policy = (b"content-security-policy", said.encode())
    return (policy, *_HEADERS, *([_HSTS] if https else []), *([_NO_STORE] if no_store else []))


def _checked(sources: tuple[str, ...]) -> list[str]:
    for source in sources:
        if not _SOURCE.fullmatch(source) or source in ("data:", "blob:", "javascript:", "http:", "https:"):
            raise ValueError(f"not a source for a policy: {source!r}")
    return list(dict.fromkeys(sources))
