"""A body of JSON and a query as structs. What the struct doesn't know is refused by the field's name, and nothing ends in a 5xx."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar.connection import Request

from xenia.errors import BadRequest, Invalid, RequestRefused
from xenia.messages import Text, text

T = TypeVar("T", bound=msgspec.Struct)
JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})
MAX_DEPTH = 20
_UNKNOWN = re.compile(r"unknown field `(.*?)`")
_MISSING = re.compile(r"missing required field `(.*?)`")
_WHERE = re.compile(r" - at `\$\.?(.*?)`")


class NotJson(RequestRefused):
    """The body is of another media type than JSON (RFC 9110 section 15.5.16)."""

    code, status, sentence = "unsupported_media_type", 415, "error.not_json"


async def read_json(request: Request[Any, Any, Any], kind: type[T]) -> T:
    """The request's body as ``kind``, a struct that forbids unknown fields.

    Raises ``NotJson``, ``BadRequest`` for what is no JSON and for characters that no database takes, by field, and ``Invalid`` by field for
    unknown and missing fields and for values that aren't allowed.
    """
    if request.content_type[0] not in JSON_TYPES:
        raise NotJson(f"a body of {request.content_type[0]!r}")
    return _made(_plain(await request.body()), kind, strict=True)


def read_query(request: Request[Any, Any, Any], kind: type[T]) -> T:
    """The request's query as ``kind``, a struct that forbids unknown fields; one whose default is a tuple may be repeated.

    Raises ``BadRequest`` for what can't be read, and ``Invalid`` by field.
    """
    several = {field.encode_name for field in msgspec.structs.fields(kind) if isinstance(field.default, tuple)}
    given = _pairs(request.scope["query_string"])
    if repeated := [name for name, values in given.items() if len(values) > 1 and name not in several]:
        raise Invalid({name: text("error.repeated") for name in repeated})
    plain = {name: values if name in several else values[0] for name, values in given.items()}
    return _made(plain, kind, strict=False)


def _pairs(raw: bytes) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError as problem:
        raise BadRequest("the query can't be read") from problem
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    _refuse_odd({name: values[0] if len(values) == 1 else values for name, values in found.items()})
    return found


def _plain(raw: bytes) -> Any:
    try:
        plain = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as problem:
        raise BadRequest("the body is no JSON") from problem
    _refuse_odd(plain)
    return plain


def _refuse_odd(value: Any, where: str = "", depth: int = MAX_DEPTH) -> None:
    """Raise ``BadRequest`` for what JSON allows and no database takes: null characters, by field, and depth without end."""
    if depth == 0:
        raise BadRequest("nested too deep")
    if isinstance(value, str) and "\0" in value:
        raise BadRequest("a null character", fields={where: text("error.characters")} if where else {})
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _refuse_odd(name, where, depth)
            _refuse_odd(inner, f"{where}.{name}".lstrip("."), depth - 1)
    if isinstance(value, list):
        for place, inner in enumerate(value):
            _refuse_odd(inner, f"{where}[{place}]", depth - 1)


def _made(plain: Any, kind: type[T], *, strict: bool) -> T:
    """Plain values as ``kind``; ``strict`` = a number is no text. Raises ``Invalid`` by field."""
    try:
        return msgspec.convert(plain, kind, strict=strict)
    except msgspec.ValidationError as problem:
        raise Invalid(dict([_sentence(str(problem))]), detail=str(problem)) from problem


def _sentence(words: str) -> tuple[str, Text]:
    """msgspec's message as the field it is about and a sentence of ours."""
    place = _WHERE.search(words)
    where = place[1] if place else ""
    for pattern, id_ in ((_UNKNOWN, "error.unknown_field"), (_MISSING, "error.missing_field")):
        if found := pattern.search(words):
            return f"{where}.{found[1]}".lstrip("."), text(id_)
    return where, text("error.value")
