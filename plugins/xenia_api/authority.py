"""What a caller may do with applications, beyond what holds for every call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xenia.api import Call


async def no_wider(call: Call, protocols: Any) -> None:
    """Raise ``Forbidden`` where an application's protocol parts name a permission (as a scope it may ask for) that the caller lacks."""
    known = {permission.name for permission in call.host.access.permissions()}
    await call.holds_all(known.intersection(_words(protocols)))


def _words(value: Any) -> Iterator[str]:
    """Every word in a plain object, names of fields too: whichever way a protocol writes a scope, it is found."""
    if isinstance(value, str):
        yield from value.split()
    elif isinstance(value, dict):
        yield from (word for pair in value.items() for inner in pair for word in _words(inner))
    elif isinstance(value, list | tuple):
        yield from (word for inner in value for word in _words(inner))
