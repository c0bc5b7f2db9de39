"""What others may ask about permission."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from xenia.access.models import Permission, ScopeSet
from xenia.context import Context
from xenia.events.models import Object


class Access(Protocol):
    """Asks the ``authorize_action`` hooks for the context's actor."""

    async def allows(self, context: Context, permission: str, object: Object | None = None) -> bool:
        """Whether the actor may; nobody's answer is no."""
        ...

    async def require(self, context: Context, permission: str, object: Object | None = None) -> None:
        """Raise ``Forbidden`` unless the actor may."""
        ...

    async def nothing_higher(self, context: Context, roles: Iterable[str]) -> None:
        """Raise ``Forbidden`` where these roles allow what the actor may not: nobody gives more than they hold, or acts on
        somebody who holds more. Where administrators live, only one of everything may.
        """
        ...

    async def visible(self, context: Context, permission: str) -> ScopeSet:
        """What the actor may see of what ``permission`` reads: lists run this predicate, none loads first and filters
        later.
        """
        ...

    def permissions(self) -> tuple[Permission, ...]:
        """Every registered permission, by name."""
        ...
