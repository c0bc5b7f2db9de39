"""Writes TOML 1.0: tables below their keys, lists of tables as ``[[...]]``, small tables inside a list in one line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dump(document: Mapping[str, Any]) -> str:
    """``document`` as TOML. Raises ``TypeError`` for what TOML has no form for."""
    return "\n".join(_table(document, ())).strip() + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Plain values first: whatever follows a header belongs to it."""
    below = {name: value for name, value in table.items() if _is_section(value)}
    for name, value in table.items():
        if name not in below:
            yield f"{_key(name)} = {_value(value)}"
    for name, value in below.items():
        inner = (*path, name)
        header = ".".join(map(_key, inner))
        for one in value if isinstance(value, list) else (value,):
            yield ""
            yield f"[[{header}]]" if isinstance(value, list) else f"[{header}]"
            yield from _table(one, inner)


def _is_section(value: Any) -> bool:
    """A table, or a list of them; a reference such as ``{ env = "NAME" }`` stays in its line."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, Mapping) for one in value)
    return isinstance(value, Mapping) and value.keys() != {"env"}


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(inner)}" for name, inner in value.items()) + " }"
    raise TypeError(f"TOML has no form for {type(value).__name__}")


def _text(words: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for DEL, which TOML wants escaped too."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")
