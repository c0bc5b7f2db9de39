"""Two windows: what a form showed goes along with it, so that a stale one doesn't put back what was saved meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from xenia.api import Conflict, Field, FieldKind, text

NAME = "_shown"


def marked(fields: Sequence[Field]) -> list[Field]:
    """The fields, and a hidden digest of the values that they show. A secret shows none."""
    mark = Field(name=NAME, label=text("settings.changed"), kind=FieldKind.HIDDEN, value=_digest(fields))
    return [*fields, mark]


def refuse_stale(fields: Sequence[Field], form: Mapping[str, str]) -> None:
    """Raise ``Conflict`` where the form was made from other values than these, which hold now."""
    if form.get(NAME, "") not in ("", _digest(fields)):
        raise Conflict("the form shows what is no more", public=text("settings.changed"))


def _digest(fields: Sequence[Field]) -> str:
    return hashlib.sha256(msgspec.json.encode([(one.name, one.value) for one in fields])).hexdigest()
