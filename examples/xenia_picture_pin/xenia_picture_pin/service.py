"""Picture PINs at rest: one for each person, hashed with argon2id."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from xenia.api import Context, Credential, Goal, Host, Journey, NewCredential
from xenia_picture_pin.pictures import written

PLUGIN = KIND = "picture_pin"
NOBODY = UUID(int=0)


class PicturePins:
    """The picture PINs of all tenants. What is stored is the hash, which the core seals."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def has_one(self, context: Context, user_id: UUID | None) -> bool:
        """Whether the person has a picture PIN. Opens nothing."""
        mine = await self._host.credentials.summaries(context, user_id or NOBODY)
        return any(one.kind == KIND for one in mine)

    async def is_due(self, context: Context, journey: Journey) -> bool:
        """Whether a sign-in must still show a picture PIN."""
        shown = any(proof.method == KIND for proof in journey.proofs)
        return journey.goal is not Goal.SIGN_UP and not shown and await self.has_one(context, journey.user_id)

    async def made(self, picked: Sequence[str]) -> NewCredential:
        """A credential that takes the place of the one before."""
        encoded = await self._host.hasher.hash(written(picked))
        return NewCredential(plugin=PLUGIN, kind=KIND, data=encoded.encode(), replaces=True)

    async def verify(self, context: Context, user_id: UUID | None, picked: Sequence[str]) -> Credential | None:
        """The credential that the sequence opens. Having none costs as much time as a wrong one."""
        mine = await self._host.credentials.of_user(context, user_id or NOBODY, KIND)
        if not mine:
            await self._host.hasher.dummy(written(picked))
            return None
        if not await self._host.hasher.verify(written(picked), mine[-1].data.decode()):
            return None
        await self._host.credentials.touch(context, mine[-1].id)
        return mine[-1]
