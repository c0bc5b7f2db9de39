"""What a person may ask of the credentials that a plugin made for them: to see them, to have them erased, to take them along in a merge."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from xenia.context import Context
from xenia.credentials.contracts import Credentials
from xenia.credentials.models import Credential, NewCredential
from xenia.pages import PersonalData

Shown = Callable[[Sequence[Credential]], dict[str, Any]]


class CredentialKeeper:
    """The personal data of a plugin that keeps nothing of people but credentials, which go along in a merge.

    ``kinds`` are the plugin's kinds of credential. ``shown`` is what an export tells of them: names and times, never a secret.
    ``yielding`` are kinds of which a person has but one (a password), or one set: where the other account has its own, these end, and
    the record of the merge keeps them. A plugin that keeps more extends it, and says by :meth:`forget` what goes with them.
    """

    def __init__(
        self, credentials: Credentials, kinds: Sequence[str], shown: Shown, *, yielding: Sequence[str] = ()
    ) -> None:
        self._credentials = credentials
        self._kinds = tuple(kinds)
        self._shown = shown
        self._yielding = tuple(yielding)

    def contribution(self, name: str) -> PersonalData:
        """For ``register_personal_data``, under the plugin's name."""
        return PersonalData(name=name, export=self.export, erase=self.erase, move=self.move, restore=self.restore)

    async def forget(self, context: Context, user_id: UUID) -> None:
        """Forget what is kept of the person beside the credentials: nothing."""

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """What ``shown`` tells."""
        mine = [one for kind in self._kinds for one in await self._credentials.of_user(context, user_id, kind)]
        return self._shown(mine)

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Remove all of them."""
        await self.forget(context, user_id)
        for kind in self._kinds:
            await self._credentials.remove_kind(context, user_id, kind)

    async def move(self, context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """They go along as they are; the record names them, and holds those that ended."""
        await self.forget(context, user_id)
        ended = [one for kind in self._yielding for one in await self._yielded(context, user_id, to, kind)]
        mine = [one.id for one in await self._credentials.summaries(context, user_id) if one.kind in self._kinds]
        await self._credentials.move(context, user_id, to, mine)
        return {"user": str(user_id), "to": str(to), "moved": [str(id_) for id_ in mine], "ended": ended}

    async def _yielded(self, context: Context, user_id: UUID, to: UUID, kind: str) -> list[dict[str, Any]]:
        """Those of a kind that end, since the other account has its own."""
        if not await self._credentials.of_user(context, to, kind):
            return []
        ended = [_kept(one) for one in await self._credentials.of_user(context, user_id, kind)]
        await self._credentials.remove_kind(context, user_id, kind)
        return ended

    async def restore(self, context: Context, record: dict[str, Any]) -> None:
        """Back to where they were. What was spent or removed since then stays so."""
        moved = [UUID(id_) for id_ in record["moved"]]
        await self._credentials.move(context, UUID(record["to"]), UUID(record["user"]), moved)
        for kept in record["ended"]:
            await self._credentials.add(context, UUID(record["user"]), _again(kept))


def _kept(one: Credential) -> dict[str, Any]:
    same = {name: getattr(one, name) for name in ("plugin", "kind", "label", "second", "counter")}
    return same | {"data": b64encode(one.data).decode()}


def _again(kept: dict[str, Any]) -> NewCredential:
    return NewCredential(**kept | {"data": b64decode(kept["data"])})
