"""Forms and questions of the console, and how what comes back is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from xenia.api import Field, FieldKind, Host, Page, Text, literal, text
from xenia_admin.desk import Desk

Above = Sequence[tuple[Text, str]]


def form_page(
    desk: Desk,
    title: Text,
    fields: Sequence[Field],
    *,
    cancel: str,
    above: Above = (),
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Text] | None = None,
    lead: Text | None = None,
    submit: str = "web.save",
    status: int | None = None,
    **more: Any,
) -> Page:
    """A form that posts to the page itself; ``cancel`` is a path of this tenant's console. What was typed stays, but for passwords."""
    secret = {field.name for field in fields if field.kind is FieldKind.PASSWORD}
    kept = {name: value for name, value in (typed or {}).items() if name not in secret}
    if typed is not None:  # a box that isn't ticked isn't posted
        kept = {field.name: "" for field in fields if field.kind is FieldKind.CHECKBOX} | kept
    fields = [_answered(field) for field in fields]
    data = {
        "fields": fields,
        "typed": kept,
        "lead": lead or "",
        "submit": text(submit),
        "cancel": desk.path(cancel),
        **more,
    }
    return desk.page("console/form.html", title, data, above=above, errors=_near(errors or {}, fields), status=status)


def _answered(field: Field) -> Field:
    """What has an answer already isn't marked as one that may be left out."""
    is_given = field.kind is FieldKind.SELECT or (field.kind is FieldKind.NUMBER and field.value != "")
    return msgspec.structs.replace(field, required=True) if is_given else field


def _near(errors: Mapping[str, Text], fields: Sequence[Field]) -> dict[str, Text]:
    """Each problem at the field it is about; one that is about none is the form's."""
    names = {field.name for field in fields}
    placed: dict[str, Text] = {}
    for path, problem in errors.items():
        parts = path.replace("[", ".").split(".")
        placed.setdefault(next((part for part in (path, *parts) if part in names), ""), problem)
    return placed


def confirm_page(
    desk: Desk,
    title: Text,
    lead: Text,
    label: Text,
    *,
    cancel: str,
    above: Above = (),
    word: str = "",
    rows: Sequence[Mapping[str, Any]] = (),
    errors: Mapping[str, Text] | None = None,
    harmful: bool = True,
    hidden: Mapping[str, str] | None = None,
) -> Page:
    """The question before something happens; ``lead`` says what will, in numbers. With ``word``, that must be typed;
    ``hidden`` is what was typed before, posted along with ``action=confirm``.
    """
    data = {
        "lead": lead,
        "label": label,
        "action": desk.here,
        "cancel": desk.path(cancel),
        "word": word,
        "rows": rows,
        "harmful": harmful,
        "hidden": hidden or {},
    }
    return desk.page("console/confirm.html", title, data, above=above, errors=errors)


def fact(name: str, value: Any, **more: Any) -> dict[str, Any]:
    """A row of facts: ``name`` is a sentence of ours."""
    return {"label": text(name), "value": value, **more}


def cell(value: Any, **more: Any) -> dict[str, Any]:
    """A cell of a table."""
    return {"value": value, **more}


def face(name: str) -> dict[str, Any]:
    """What stands for a person's picture: up to two letters, in a colour that follows from the name."""
    words = [word for word in re.split(r"[\s.@_-]+", name) if word[:1].isalnum()]
    initials = "".join(word[0] for word in words[:2]).upper()
    return {"initials": initials, "shade": sum(map(ord, name)) % 5 + 1}


def read_by(field: Field, words: str) -> Any:
    """What was typed into a field as a plain value: a line each for several lines."""
    if field.kind is FieldKind.CHECKBOX:
        return words == "true"
    if field.kind is FieldKind.MULTILINE:
        return [line.strip() for line in words.splitlines() if line.strip()]
    return words.strip()


def labelled(host: Host, fields: Iterable[Field]) -> list[Field]:
    """Fields whose label nobody wrote get the setting's own name, as it stands in documents."""
    known = host.catalogue.ids()
    return [
        field if field.label.id in known else msgspec.structs.replace(field, label=literal(_spoken(field.name)))
        for field in fields
    ]


def hinted(desk: Desk, fields: Iterable[Field]) -> list[Field]:
    """Fields whose hint is the code's own English: it is kept for who reads English, unless it only says the label again."""
    say, locale = desk.host.catalogue.say, desk.context.locale
    return [
        msgspec.structs.replace(field, hint=_hint(say(field.label, locale), say(field.hint, locale), locale))
        if field.hint
        else field
        for field in fields
    ]


def _hint(label: str, hint: str, locale: str) -> Text | None:
    words = hint.replace("`", "")
    return literal(words) if locale.startswith("en") and words.rstrip(".") != label else None


def _spoken(name: str) -> str:
    return name.replace("_", " ").capitalize()
