"""A user agent in words: which browser on which system. A hint for a person about their own devices, never evidence."""

from __future__ import annotations

import re

_BROWSERS = (
    (re.compile(r"Edg/"), "Edge"),
    (re.compile(r"OPR/"), "Opera"),
    (re.compile(r"Firefox/|FxiOS/"), "Firefox"),
    (re.compile(r"CriOS/|HeadlessChrome/|Chrome/"), "Chrome"),
    (re.compile(r"Safari/"), "Safari"),
)
_SYSTEMS = (
    (re.compile(r"iPhone"), "iPhone"),
    (re.compile(r"iPad"), "iPad"),
    (re.compile(r"Android"), "Android"),
    (re.compile(r"Windows"), "Windows"),
    (re.compile(r"Mac OS X|Macintosh"), "Mac"),
    (re.compile(r"Linux|X11"), "Linux"),
)
_PHONES = frozenset({"iPhone", "Android"})


def device_of(user_agent: str) -> tuple[str, str]:
    """What to call the device (``Firefox · Linux``, or ``""``) and its icon."""
    browser = next((name for pattern, name in _BROWSERS if pattern.search(user_agent)), "")
    system = next((name for pattern, name in _SYSTEMS if pattern.search(user_agent)), "")
    return " · ".join(part for part in (browser, system) if part), "phone" if system in _PHONES else "laptop"


_FAMILIES = ("Edg/", "OPR/", "Firefox/", "Chrome/", "Safari/")
_PLATFORMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "CrOS", "Linux")


def browser_family(user_agent: str) -> str:
    """``Firefox/Linux``: what stays the same when a browser is brought up to date. ``/`` for what nobody knows."""
    found = (next((mark for mark in marks if mark in user_agent), "") for marks in (_FAMILIES, _PLATFORMS))
    return "/".join(part.strip("/") for part in found)
