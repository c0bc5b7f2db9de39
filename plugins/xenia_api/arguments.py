"""From a request to an operation's arguments. Nothing is ignored: what an operation doesn't know is refused, and nothing here ends in a 5xx."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from litestar.connection import Request

from xenia.api import BadRequest, Input, NotFound, Operation, parse_id, read_json, read_query
from xenia_api.errors import VersionNeeded

_NAME = re.compile(r"[!-~]{1,200}")
_ETAG = re.compile(r'"([1-9][0-9]{0,17})"')


class Nothing(Input, frozen=True, kw_only=True):
    """The query of an operation that takes none."""


async def arguments(request: Request[Any, Any, Any], operation: Operation) -> dict[str, Any]:
    """The operation's arguments by name. Raises ``NotFound``, ``BadRequest`` or ``Invalid`` by field."""
    takes = operation.takes
    given = {name: _from_path(request.path_params[name], takes[name]) for name in operation.path_names}
    query = read_query(request, takes.get("query", Nothing))
    if "query" in takes:
        given["query"] = query
    if "body" in takes:
        given["body"] = await read_json(request, takes["body"])
    elif await request.body():
        raise BadRequest("no body is wanted")
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
