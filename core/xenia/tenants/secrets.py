"""A blank secret keeps the one that is stored: found again by what it belongs to, and only where it still goes to the same place.

Whoever may change an address but doesn't know the secret beside it must not be able to have it sent to a host of their
own (OWASP ASVS 13.3.1, least privilege for secrets).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from xenia.errors import Invalid
from xenia.forms import join
from xenia.messages import Text, text
from xenia.settings_values import Secret

KEYS = ("id", "name", "key")
"""What tells the entries of a list apart: the first of these that an entry has, else where it goes to."""

_DESTINATION = re.compile(
    r"(^|_)(url|uri|host|hostname|server|port|endpoint|address|issuer|domain|base|region|account)$"
)


def kept(new: Any, old: Any) -> Any:
    """``new`` with each blank secret as it is in ``old``.

    A destination is a field of the same entry, or above it, that is named like one or holds an address. Where it changed,
    and where an entry can't be found again, a stored secret must be given anew: raises ``Invalid`` by path.
    """
    problems: dict[str, Text] = {}
    value = _kept(new, old, "", moved=False, problems=problems)
    if problems:
        raise Invalid(problems)
    return value


def _kept(new: Any, old: Any, path: str, *, moved: bool, problems: dict[str, Text]) -> Any:
    if isinstance(new, Secret):
        return new or _stored(old, path, moved=moved, problems=problems)
    if isinstance(new, Mapping):
        before: Mapping[str, Any] = old if isinstance(old, Mapping) else {}
        moved = moved or (bool(before) and _destinations(new) != _destinations(before))
        return {
            name: _kept(value, before.get(name), join(path, name), moved=moved, problems=problems)
            for name, value in new.items()
        }
    if isinstance(new, list | tuple):
        pairs = _paired(new, old if isinstance(old, list | tuple) else ())
        return [
            _kept(value, before, f"{path}[{at}]", moved=moved or lost, problems=problems)
            for at, (value, before, lost) in enumerate(pairs)
        ]
    return new


def _stored(old: Any, path: str, *, moved: bool, problems: dict[str, Text]) -> Any:
    if not isinstance(old, Secret) or not old:
        return ""
    if moved:
        problems[path] = text("form.secret_again")
    return old


def _destinations(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Where the secrets of an entry may go: what is named like a destination, or looks like one. Empty is none."""
    return {name: value for name, value in entry.items() if value and _is_destination(name, value)}


def _is_destination(name: str, value: Any) -> bool:
    return isinstance(value, str | int) and (_DESTINATION.search(name) is not None or "://" in str(value))


def _paired(new: Sequence[Any], old: Sequence[Any]) -> list[tuple[Any, Any, bool]]:
    """Each new entry with its old one. One that isn't found again is held against an old entry that nobody claims, as lost:
    it may be the same under another name, so a secret in it is asked for rather than dropped.
    """
    left = list(old)
    found = [(value, _take(left, _identity(value))) for value in new]
    return [
        (value, before, False) if before else (value, left.pop(0) if left else None, True) for value, before in found
    ]


def _take(left: list[Any], identity: Any) -> Any:
    """The old entry of this identity, which is then taken; ``None`` where there is none."""
    at = next((at for at, one in enumerate(left) if identity and _identity(one) == identity), None)
    return None if at is None else left.pop(at)


def _identity(entry: Any) -> Any:
    """What an entry is known by; nothing for one that is no structure."""
    if not isinstance(entry, Mapping):
        return None
    return next(((name, entry[name]) for name in KEYS if entry.get(name)), None) or _destinations(entry)
