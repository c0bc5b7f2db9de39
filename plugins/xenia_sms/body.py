"""The body for a gateway: what the tenant wrote, with the message put in so that it can't become anything but a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import msgspec

from xenia.api import Text, text

PLACES = frozenset({"to", "digits", "text", "id"})
_PLACE = re.compile(r"\{([a-z]+)\}")
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


class TemplateWrong(Exception):
    """What is wrong with a template, for its author."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(sentence.id)
        self.sentence = sentence


class Template(NamedTuple):
    """A body that was understood before anything is put into it: a JSON value, or the pairs of a form."""

    content_type: str
    shape: Any

    @classmethod
    def read(cls, body: str, *, as_json: bool) -> Template:
        """Understand it. Raises :class:`TemplateWrong`."""
        shape = _json(body) if as_json else _form(body)
        places = {place for words in _words(shape) for place in _PLACE.findall(words)}
        if unknown := sorted(places - PLACES):
            raise TemplateWrong(text("sms.settings.place", name=unknown[0]))
        if "text" not in places or not places & {"to", "digits"}:
            raise TemplateWrong(text("sms.settings.places"))
        return cls(JSON if as_json else FORM, shape)

    def filled(self, values: Mapping[str, str]) -> bytes:
        """The body with its places filled; what is put in is never looked at again."""
        made = _filled(self.shape, values)
        return msgspec.json.encode(made) if self.content_type == JSON else urlencode(made).encode()


def _json(body: str) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        raise TemplateWrong(text("sms.settings.json")) from None


def _form(body: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.strip(), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise TemplateWrong(text("sms.settings.form")) from None


def _words(shape: Any) -> list[str]:
    """Every text that something may be put into: values, never names."""
    if isinstance(shape, str):
        return [shape]
    if isinstance(shape, dict):
        return [words for value in shape.values() for words in _words(value)]
    if isinstance(shape, list):
        return [words for value in shape for words in _words(value)]
    return _words(shape[1]) if isinstance(shape, tuple) else []


def _filled(shape: Any, values: Mapping[str, str]) -> Any:
    if isinstance(shape, str):
        return _PLACE.sub(lambda place: values[place[1]], shape)
    if isinstance(shape, dict):
        return {name: _filled(value, values) for name, value in shape.items()}
    if isinstance(shape, list):
        return [_filled(value, values) for value in shape]
    return (shape[0], _filled(shape[1], values)) if isinstance(shape, tuple) else shape
