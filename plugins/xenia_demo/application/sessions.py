"""The sample application's own sessions, in memory: a restart signs everybody out, which is fine for a sample."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 1000


class Sessions(Generic[T]):
    """Values by an unguessable key; the oldest make room."""

    def __init__(self) -> None:
        self._values: OrderedDict[str, T] = OrderedDict()

    def add(self, value: T) -> str:
        """Keep a value; its key."""
        key = secrets.token_urlsafe(32)
        self._values[key] = value
        while len(self._values) > MOST:
            self._values.popitem(last=False)
        return key

    def get(self, key: str | None) -> T | None:
        """The value, or ``None``."""
        return self._values.get(key) if key else None

    def take(self, key: str | None) -> T | None:
        """The value, which is then forgotten."""
        return self._values.pop(key, None) if key else None

    def items(self) -> list[tuple[str, T]]:
        """Everything."""
        return list(self._values.items())
