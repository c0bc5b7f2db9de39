"""What plugins add to the pages of others: menu entries, account and console pages, and parts for named slots."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from xenia.context import Context
from xenia.messages import Text


class NavItem(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a menu. ``area`` is ``account`` or ``console``; ``permission`` hides it from those who may not;
    lower ``order`` comes first.
    """

    area: str
    href: str
    label: Text
    icon: str = "plug"
    order: int = 100
    permission: str = ""


class SlotPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part for a named place of a page (``account.security``, ``journey.foot``): a template of the plugin and its
    data.
    """

    template: str
    data: dict[str, Any] = {}
    order: int = 100


PERSON_COLUMNS = frozenset({"user_id", "person", "person_id", "owner_id"})
"""Columns that say whose a row is: what has one of them is about people."""


class PersonalData(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin with a user column must be able to do with a person's data: show all of it, erase it, move it to another user and back.

    ``move`` returns an undo record; ``restore`` takes it back.
    """

    name: str
    export: Callable[[Context, Any], Awaitable[dict[str, Any]]]
    erase: Callable[[Context, Any], Awaitable[None]]
    move: Callable[[Context, Any, Any], Awaitable[dict[str, Any]]]
    restore: Callable[[Context, dict[str, Any]], Awaitable[None]]


class HealthCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A check for ``/health/ready`` and ``xenia doctor``: ``None`` = well, else one line that says what is wrong and
    how to mend it.
    """

    name: str
    check: Callable[[], Awaitable[str | None]]
    ready: bool = False

    async def problem(self) -> str | None:
        """What is wrong. A check that fails tells of a problem, and keeps no other from being made."""
        try:
            return await self.check()
        except Exception as failure:  # noqa: BLE001  whatever a plugin raises
            return f"the check itself failed: {failure!r}"


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command of ``xenia <plugin> <name>``, or of ``xenia <plugin>`` where both names are the same.

    ``run`` is a typed async function: its first argument is :class:`xenia.plugin.operations.Operations`, the rest comes from the command line, its
    docstring is the help, its answer the exit code. It runs before the database needs to be up to date; what needs the core's services asks for
    ``operations.running()``.
    """

    name: str
    run: Callable[..., Awaitable[int | None]]
