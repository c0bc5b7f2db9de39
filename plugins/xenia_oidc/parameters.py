"""Request parameters as RFC 6749 section 3.1 reads them: each at most once, an empty one counts as left out."""

from __future__ import annotations

import re
from typing import Self
from urllib.parse import parse_qsl

import msgspec

from xenia_oidc.errors import OAuthError

MOST_FIELDS = 100
LONGEST = 8192
MANY = "resource"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Parameters(msgspec.Struct, frozen=True):
    """The parameters of one request. ``repeated`` names those that came more than once; ``resource`` alone may (RFC
    8707 section 2).
    """

    values: dict[str, str]
    repeated: frozenset[str] = frozenset()
    resources: tuple[str, ...] = ()

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a query or a form. Raises ``OAuthError`` where it is malformed or a value is too long."""
        return cls.of(_pairs(raw))

    @classmethod
    def of(cls, pairs: list[tuple[str, str]]) -> Self:
        """The same of pairs that were decoded already."""
        values: dict[str, str] = {}
        repeated: set[str] = set()
        for name, value in pairs:
            if len(value) > LONGEST or len(name) > LONGEST or _CONTROL.search(value):
                raise OAuthError("invalid_request", "a parameter is too long or malformed")
            if name in values and name != MANY:
                repeated.add(name)
            values.setdefault(name, value)
        given = {name: value for name, value in values.items() if value and name != MANY}
        return cls(given, frozenset(repeated), tuple(value for name, value in pairs if name == MANY and value))

    def get(self, name: str) -> str:
        """The value, ``""`` where it was left out. Of a repeated one nothing is believed."""
        return "" if name in self.repeated else self.values.get(name, "")

    def required(self, name: str) -> str:
        """The value. Raises ``OAuthError`` where it is missing."""
        if not (value := self.get(name)):
            raise OAuthError("invalid_request", f"{name} is missing")
        return value

    def once(self) -> Self:
        """The same, where nothing was repeated. Raises ``OAuthError`` otherwise."""
        if self.repeated:
            raise OAuthError("invalid_request", "a parameter was given more than once")
        return self


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as problem:
        raise OAuthError("invalid_request", "the request is not form-encoded") from problem
