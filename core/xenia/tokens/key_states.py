"""The moves a signing key may make.

Each is a conditional statement, so that of two rotations at once only one happens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from xenia.context import Context
from xenia.db import Database
from xenia.tokens import tables
from xenia.tokens.events import KEY_ROTATED, KEY_STATE_CHANGED
from xenia.tokens.models import KeyState

Changed = Callable[[Context, str, str, dict[str, Any]], Awaitable[None]]

_COMES_FROM = {
    KeyState.NEXT: (),
    KeyState.ACTIVE: (KeyState.NEXT, KeyState.PASSIVE),
    KeyState.PASSIVE: (KeyState.ACTIVE,),
    KeyState.RETIRED: (KeyState.NEXT, KeyState.ACTIVE, KeyState.PASSIVE),
}


class KeyStates:
    """Moves keys between states. ``changed`` writes the event and tells the caches, in the same transaction."""

    def __init__(self, database: Database, changed: Changed) -> None:
        self._database = database
        self._changed = changed

    async def rotate(self, context: Context, use: str, alg: str, *, emergency: bool) -> bool:
        """The next key signs from now on; ``False`` where somebody else has just done it."""
        place = (context.tenant, use, alg)
        async with self._database.transaction():
            old = await self._database.fetchval(tables.RETIRE_ACTIVE if emergency else tables.DEMOTE_ACTIVE, *place)
            if old is None:
                return False
            new = await self._database.fetchval(tables.PROMOTE_NEXT, *place)
            data = {"alg": alg, "use": use, "old": old, "emergency": emergency}
            await self._changed(context, KEY_ROTATED, new or old, data)
        return True

    async def set(self, context: Context, kid: str, state: KeyState) -> bool:
        """Move one key, the one that signs making room; ``False`` where it isn't there or can't go that way."""
        async with self._database.transaction():
            key = await self._database.fetchrow(tables.LOCK_KEY, context.tenant, kid)
            if key is None or KeyState(key["state"]) not in _COMES_FROM[state]:
                return False
            if state is KeyState.ACTIVE:
                await self._database.execute(tables.DEMOTE_ACTIVE, context.tenant, key["use"], key["alg"])
            await self._database.execute(tables.SET_STATE, context.tenant, kid, state)
            await self._changed(context, KEY_STATE_CHANGED, kid, {"old": key["state"], "new": state.value})
        return True
