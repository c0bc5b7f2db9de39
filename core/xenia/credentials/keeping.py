"""What a person may ask of the credentials that a plugin made for them: to see them, to have them erased, to take them along in a merge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from xenia.context import Context
from xenia.credentials.contracts import Credentials
from xenia.credentials.models import Credential, NewCredential
from xenia.pages import PersonalData

Shown = Callable[[Sequence[Credential]], dict[str, Any]]
Lookup = Callable[[Credential], bytes | None]


def _nothing(_credential: Credential) -> None:
    return None


class CredentialKeeper:
    """The personal data of a plugin that keeps nothing of people but credentials, all of which go along in a merge.

    ``kinds`` are the plugin's kinds of credential. ``shown`` is what an export tells of them: names and times, never a secret.
    ``lookup`` is what one of them is found by (:attr:`NewCredential.lookup`), where it is. A plugin that keeps more extends it.
    """

    def __init__(
        self, credentials: Credentials, kinds: Sequence[str], shown: Shown, *, lookup: Lookup = _nothing
    ) -> None:
        self._credentials = credentials
        self._kinds = tuple(kinds)
        self._shown = shown
        self._lookup = lookup

    def contribution(self, name: str) -> PersonalData:
        """For ``register_personal_data``, under the plugin's name."""
        return PersonalData(name=name, export=self.export, erase=self.erase, move=self.move, restore=self.restore)

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """What ``shown`` tells."""
        return self._shown(await self._of(context, user_id))

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Remove all of them."""
        for kind in self._kinds:
            await self._credentials.remove_kind(context, user_id, kind)

    async def move(self, context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """They go along, each found by what it was found by before; the record names what was added."""
        mine = await self._of(context, user_id)
        await self.erase(context, user_id)
        added = [str(await self._credentials.add(context, to, self._copy(one))) for one in mine]
        return {"user": str(user_id), "to": str(to), "added": added}

    async def restore(self, context: Context, record: dict[str, Any]) -> None:
        """Back to where they were. What was spent or removed since then stays so."""
        user_id, to = UUID(record["user"]), UUID(record["to"])
        for one in await self._of(context, to):
            if str(one.id) in record["added"] and await self._credentials.remove(context, to, one.id):
                await self._credentials.add(context, user_id, self._copy(one))

    async def _of(self, context: Context, user_id: UUID) -> list[Credential]:
        return [one for kind in self._kinds for one in await self._credentials.of_user(context, user_id, kind)]

    def _copy(self, one: Credential) -> NewCredential:
        return NewCredential(
            plugin=one.plugin,
            kind=one.kind,
            data=one.data,
            label=one.label,
            second=one.second,
            counter=one.counter,
            lookup=self._lookup(one),
        )
