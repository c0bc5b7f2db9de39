"""Attributes of users: the standard claims of OpenID Connect (Core 1.0 section 5.1), and what a tenant adds to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from xenia.errors import Invalid
from xenia.messages import Text, text
from xenia.tenants.models import Attribute, AttributeKind

STANDARD: dict[str, Attribute] = {
    name: Attribute(type=AttributeKind.STRING, max_length=limit)
    for name, limit in {
        "name": 200,
        "given_name": 100,
        "family_name": 100,
        "middle_name": 100,
        "nickname": 100,
        "preferred_username": 100,
        "profile": 2000,
        "picture": 2000,
        "website": 2000,
        "gender": 50,
        "birthdate": 10,
        "zoneinfo": 64,
        "locale": 35,
        "phone_number": 40,
    }.items()
}
ADDRESS_PARTS = frozenset({"formatted", "street_address", "locality", "region", "postal_code", "country"})
_BIRTHDATE = re.compile(r"[0-9]{4}(-[0-9]{2}-[0-9]{2})?|0000-[0-9]{2}-[0-9]{2}")
_WEB = re.compile(r"https?://[^\s]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_MOST_ENTRIES = 100
_MOST_BYTES = 32_768


def merge(
    old: Mapping[str, Any], changes: Mapping[str, Any], own: Mapping[str, Attribute]
) -> tuple[dict[str, Any], list[str]]:
    """The attributes after ``changes`` (``None`` removes one), and which of them differ. Raises ``Invalid`` by field."""
    problems = {name: problem for name, value in changes.items() if (problem := _problem(name, value, own))}
    merged = {**old, **changes}
    kept = {name: value for name, value in merged.items() if value is not None}
    if not problems and len(msgspec.json.encode(kept)) > _MOST_BYTES:
        problems[""] = text("user.attributes_too_large")
    if problems:
        raise Invalid({f"attributes.{name}" if name else "attributes": problem for name, problem in problems.items()})
    return kept, sorted(name for name in changes if old.get(name) != changes[name])


def _problem(name: str, value: Any, own: Mapping[str, Attribute]) -> Text | None:
    kind = own.get(name)
    if value is None:
        return text("form.required") if kind and kind.required else None
    if kind is None and name == "address":
        return None if _is_address(value) else text("user.address")
    kind = kind or STANDARD.get(name)
    if kind is None:
        return text("user.attribute_unknown")
    if not _CHECKS[kind.type](value, kind.max_length):
        return text(f"user.attribute_{kind.type.value}", length=kind.max_length)
    return None if name in own else _standard_problem(name, value)


def _standard_problem(name: str, value: str) -> Text | None:
    if name == "birthdate" and not _BIRTHDATE.fullmatch(value):
        return text("user.birthdate")
    if name in ("profile", "picture", "website") and not _WEB.fullmatch(value):
        return text("user.web_address")
    return None


def _is_text(value: Any, limit: int) -> bool:
    return isinstance(value, str) and len(value) <= limit and not _CONTROL.search(value)


def _is_number(value: Any, _limit: int) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _is_boolean(value: Any, _limit: int) -> bool:
    return isinstance(value, bool)


def _is_date(value: Any, _limit: int) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_list(value: Any, limit: int) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) <= _MOST_ENTRIES
        and all(_is_text(entry, limit) for entry in value)
    )


def _is_address(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and value.keys() <= ADDRESS_PARTS
        and all(_is_text(part, 500) for part in value.values())
    )


_CHECKS = {
    AttributeKind.STRING: _is_text,
    AttributeKind.NUMBER: _is_number,
    AttributeKind.BOOLEAN: _is_boolean,
    AttributeKind.DATE: _is_date,
    AttributeKind.LIST: _is_list,
}
