"""What is known of people, as a form: the usual names, and what the tenant adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xenia.api import Field, FieldKind, Tenant, literal, text

NAMES = ("name", "given_name", "family_name")
PREFIX = "attributes."


def attribute_fields(tenant: Tenant, known: Mapping[str, Any]) -> list[Field]:
    """A field each, filled with what is known."""
    fields = [
        Field(
            name=PREFIX + name,
            label=text(f"admin.attribute.{name}"),
            value=str(known.get(name, "")),
            required=False,
            autocomplete="off",
        )
        for name in NAMES
    ]
    return [
        *fields,
        *(_own(name, one, known.get(name)) for name, one in tenant.attributes.items() if name not in NAMES),
    ]


def _own(name: str, attribute: Any, value: Any) -> Field:
    kind = {"boolean": FieldKind.CHECKBOX, "list": FieldKind.MULTILINE}.get(attribute.type, FieldKind.TEXT)
    return Field(
        name=PREFIX + name,
        label=literal(attribute.title or name),
        kind=kind,
        value=_shown(value),
        required=attribute.required and kind is not FieldKind.CHECKBOX,
        autocomplete="off",
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


def attribute_values(tenant: Tenant, form: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, by attribute; a blank one is to be removed (``None``)."""
    kinds = {**dict.fromkeys(NAMES, "string"), **{name: str(one.type) for name, one in tenant.attributes.items()}}
    return {name: _read(kind, form.get(PREFIX + name, "").strip()) for name, kind in kinds.items()}


def _read(kind: str, words: str) -> Any:
    if kind == "boolean":
        return words == "true"
    if not words:
        return None
    if kind == "list":
        return [line.strip() for line in words.splitlines() if line.strip()]
    return _number(words) if kind == "number" else words


def _number(words: str) -> Any:
    """A number, or the words themselves, which the attribute then refuses."""
    try:
        return int(words)
    except ValueError:
        pass
    try:
        return float(words)
    except ValueError:
        return words
