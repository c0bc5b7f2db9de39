"""From a request to an operation's arguments. Nothing is ignored: what an operation doesn't know is refused, and nothing here ends in a 5xx."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar.connection import Request

from xenia.api import BadRequest, Invalid, NotFound, Text, parse_id, text
from xenia_api.errors import NotJson, VersionNeeded
from xenia_api.operations import Operation

JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})
MAX_DEPTH = 20
_NAME = re.compile(r"[!-~]{1,200}")
_ETAG = re.compile(r'"([1-9][0-9]{0,17})"')
_UNKNOWN = re.compile(r"unknown field `(.*?)`")
_MISSING = re.compile(r"missing required field `(.*?)`")
_WHERE = re.compile(r" - at `\$\.?(.*?)`")


async def arguments(request: Request[Any, Any, Any], operation: Operation) -> dict[str, Any]:
    """The operation's arguments by name. Raises ``NotFound``, ``BadRequest`` or ``Invalid`` by field."""
    takes = operation.takes
    given = {name: _from_path(request.path_params[name], takes[name]) for name in operation.path_names}
    query = _query(request, takes.get("query"))
    body = await _body(request, takes.get("body"))
    if "query" in takes:
        given["query"] = query
    if "body" in takes:
        given["body"] = body
    if "if_match" in takes:
        given["if_match"] = _version(request)
    return given


def _from_path(raw: str, kind: Any) -> Any:
    """An id or a name; one that can't be any names nothing."""
    found = parse_id(raw) if kind is UUID else raw if _NAME.fullmatch(raw) else None
    if found is None:
        raise NotFound("no such id")
    return found


def _version(request: Request[Any, Any, Any]) -> int:
    given = request.headers.get("if-match")
    if given is None:
        raise VersionNeeded("no If-Match")
    found = _ETAG.fullmatch(given.strip())
    if found is None:
        raise BadRequest("If-Match is no version of ours")
    return int(found[1])


# -- the query


def _query(request: Request[Any, Any, Any], kind: Any) -> Any:
    given = _pairs(request.scope["query_string"])
    if kind is None:
        if given:
            raise Invalid({name: text("api.unknown") for name in given})
        return None
    several = {field.encode_name for field in msgspec.structs.fields(kind) if isinstance(field.default, tuple)}
    if repeated := [name for name, values in given.items() if len(values) > 1 and name not in several]:
        raise Invalid({name: text("api.repeated") for name in repeated})
    plain = {name: values if name in several else values[0] for name, values in given.items()}
    return _made(plain, kind, strict=False)


def _pairs(raw: bytes) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError as problem:
        raise BadRequest("the query can't be read") from problem
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise BadRequest("a null character")
        found.setdefault(name, []).append(value)
    return found


# -- the body


async def _body(request: Request[Any, Any, Any], kind: Any) -> Any:
    raw = await request.body()
    if kind is None:
        if raw:
            raise BadRequest("no body is wanted")
        return None
    if request.content_type[0] not in JSON_TYPES:
        raise NotJson(f"a body of {request.content_type[0]!r}")
    return _made(_plain(raw), kind, strict=True)


def _plain(raw: bytes) -> Any:
    try:
        plain = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as problem:
        raise BadRequest("the body is no JSON") from problem
    _refuse_odd(plain, MAX_DEPTH)
    return plain


def _refuse_odd(value: Any, depth: int) -> None:
    """What JSON allows and no database takes: null characters, and depth without end."""
    if depth == 0:
        raise BadRequest("nested too deep")
    if isinstance(value, str) and "\0" in value:
        raise BadRequest("a null character")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _refuse_odd(name, depth)
            _refuse_odd(inner, depth - 1)
    if isinstance(value, list):
        for inner in value:
            _refuse_odd(inner, depth - 1)


def _made(plain: Any, kind: Any, *, strict: bool) -> Any:
    try:
        return msgspec.convert(plain, kind, strict=strict)
    except msgspec.ValidationError as problem:
        raise Invalid(dict([_sentence(str(problem))]), detail=str(problem)) from problem


def _sentence(words: str) -> tuple[str, Text]:
    """msgspec's message as the field it is about and a sentence of ours."""
    place = _WHERE.search(words)
    where = place[1] if place else ""
    for pattern, id_ in ((_UNKNOWN, "api.unknown"), (_MISSING, "api.missing")):
        if found := pattern.search(words):
            return f"{where}.{found[1]}".lstrip("."), text(id_)
    return where, text("error.value")
