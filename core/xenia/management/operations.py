"""Operations: what the API can do, each declared once. Routes, permissions, the OpenAPI document and the tests read the same declarations.

A function becomes an operation by its noun's decorator. Its first parameter is the :class:`~xenia.management.call.Call`; the names of the
others say where they come from: a name that stands in the path, ``query`` (a struct), ``body`` (a struct, from JSON) and ``if_match``
(a version, from the header). Its docstring is its description, its name the stable ``operationId``, its return type what it answers (``None`` = 204).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar, get_type_hints

import msgspec

from xenia.access.models import Permission
from xenia.http.models import Guard, bearer

_PATH_NAME = re.compile(r"\{(\w+)\}")
F = TypeVar("F", bound=Callable[..., Awaitable[Any]])


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the API can do. ``takes`` maps parameters to types, ``gives`` is the answer's type, ``refusals`` the statuses of its own."""

    noun: str
    method: str
    path: str
    permission: str
    status: int
    function: Callable[..., Awaitable[Any]]
    takes: Mapping[str, Any]
    gives: Any
    refusals: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """The ``operationId``: the function's name in camel case."""
        first, *others = self.function.__name__.split("_")
        return first + "".join(word.capitalize() for word in others)

    @property
    def description(self) -> str:
        """The function's docstring."""
        return inspect.getdoc(self.function) or ""

    @property
    def guard(self) -> Guard:
        """A token with the operation's scope, and a person who may use it."""
        return bearer(self.permission)

    @property
    def path_names(self) -> tuple[str, ...]:
        """The parameters that stand in the path."""
        return tuple(_PATH_NAME.findall(self.path))


class Noun:
    """One kind of thing that the management API knows: its operations, and the two permissions they ask for.

    ``name`` is that of the permissions ``xenia:<name>:read`` and ``xenia:<name>:write``, ``title`` follows "Read" and "Change" in what they mean, and
    ``examples`` are shown in the description of the API, one of each struct.
    """

    def __init__(self, name: str, title: str, examples: Sequence[msgspec.Struct] = ()) -> None:
        self.name = name
        self.title = title
        self.examples = tuple(examples)
        self.operations: list[Operation] = []

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """``xenia:<noun>:read`` and, where something can be changed, ``xenia:<noun>:write``."""
        read = Permission(self._permission("GET"), f"Read {self.title}.")
        write = Permission(self._permission("POST"), f"Change {self.title}.")
        asked = {operation.permission for operation in self.operations}
        return tuple(permission for permission in (read, write) if permission.name in asked)

    def get(self, path: str, *refusals: int) -> Callable[[F], F]:
        """Reads."""
        return self._operation("GET", path, 200, refusals)

    def post(self, path: str, *refusals: int, status: int = 201) -> Callable[[F], F]:
        """Makes something."""
        return self._operation("POST", path, status, refusals)

    def put(self, path: str, *refusals: int) -> Callable[[F], F]:
        """Replaces something."""
        return self._operation("PUT", path, 200, refusals)

    def patch(self, path: str, *refusals: int) -> Callable[[F], F]:
        """Changes what is named and leaves the rest."""
        return self._operation("PATCH", path, 200, refusals)

    def delete(self, path: str, *refusals: int) -> Callable[[F], F]:
        """Ends something."""
        return self._operation("DELETE", path, 204, refusals)

    def _operation(self, method: str, path: str, status: int, refusals: tuple[int, ...]) -> Callable[[F], F]:
        def declare(function: F) -> F:
            hints = get_type_hints(function)
            gives = hints.pop("return")
            operation = Operation(
                noun=self.name,
                method=method,
                path=path,
                permission=self._permission(method),
                status=200 if method == "DELETE" and gives is not type(None) else status,
                function=function,
                takes={name: kind for name, kind in hints.items() if name != "call"},
                gives=None if gives is type(None) else gives,
                refusals=refusals,
            )
            self.operations.append(operation)
            return function

        return declare

    def _permission(self, method: str) -> str:
        return f"xenia:{self.name}:{'read' if method == 'GET' else 'write'}"
