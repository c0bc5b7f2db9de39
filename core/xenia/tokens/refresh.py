"""Refresh tokens (RFC 6749 section 6; RFC 9700 section 4.14): each use gives the next, and a copy ends them all.

The one who rotates stores the successor sealed under a key that only the old token yields. So a client whose answer was
lost gets the same successor again within the grace, nobody else can, and the database alone holds no usable token.

Statements: ``issue`` 1; ``rotate`` 1 for the one who rotates (in one transaction with whoever else rotates just then), 3
for one who repeats, 2 and the end of the grant for a reuse.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from xenia.context import Context
from xenia.db import Database, Row
from xenia.grants.joins import joined_grant
from xenia.grants.models import Grant
from xenia.security.sealing import Associated, DataKey, Sealer
from xenia.security.secrets import check_secret, digest, new_secret
from xenia.tokens import tables
from xenia.tokens.models import RefreshInfo, RefreshRotation, RefreshState
from xenia.tokens.reuse import Reuse
from xenia.tokens.times import TokenTimes

REFRESH_KIND = "rt"

_UNKNOWN = RefreshRotation(state=RefreshState.UNKNOWN)
_KEY_NAME = b"next"


class RefreshTokens:
    """The refresh families of every tenant."""

    def __init__(self, database: Database, reuse: Reuse, times: TokenTimes) -> None:
        self._database = database
        self._reuse = reuse
        self._times = times

    async def issue(self, context: Context, grant: Grant, scope: list[str]) -> str:
        """The first token of a family, which ends with the grant at the latest."""
        token, times = new_secret(REFRESH_KIND), self._times
        family = (grant.id, grant.application, scope, times.refresh_absolute, times.refresh_idle, grant.ends_at)
        await self._database.execute(tables.ADD_REFRESH, context.tenant, digest(token), *family)
        return token

    async def use(self, context: Context, token: str, application: str, *, rotate: bool) -> RefreshRotation:
        """Use a token.

        One caller rotates; within the grace the same successor is given again; later reuse ends the grant.
        """
        hashed = check_secret(REFRESH_KIND, token)
        if hashed is None:
            return _UNKNOWN
        place = (context.tenant, hashed, application)
        successor, row = await (self._rotate(token, *place) if rotate else self._touch(token, *place))
        if row is not None:
            return _rotation(RefreshState.ROTATED, row, successor)
        return await self._used_before(context, token, *place)

    async def _rotate(self, token: str, tenant: str, hashed: bytes, application: str) -> tuple[str, Row | None]:
        successor = new_secret(REFRESH_KIND)
        sealed = _sealer(token).seal(successor.encode(), _place(tenant, hashed))
        step = (sealed, digest(successor), self._times.refresh_idle)
        return successor, await self._database.answered(tables.ROTATE, tenant, hashed, application, *step)

    async def _touch(self, token: str, tenant: str, hashed: bytes, application: str) -> tuple[str, Row | None]:
        """The token stays the one to use."""
        idle = self._times.refresh_idle
        return token, await self._database.fetchrow(tables.TOUCH, tenant, hashed, application, idle)

    async def _used_before(
        self, context: Context, token: str, tenant: str, hashed: bytes, application: str
    ) -> RefreshRotation:
        grace = self._times.refresh_grace
        row = await self._database.fetchrow(tables.USED_REFRESH, tenant, hashed, application, grace)
        if row is None:
            return _UNKNOWN
        if row["in_grace"]:
            successor = _sealer(token).open(row["successor"], _place(tenant, hashed)).decode()
            # A successor that was used has reached its client: then this is no lost answer but a copy.
            if await self._database.fetchval(tables.IS_FRESH, tenant, digest(successor)):
                return _rotation(RefreshState.REPEATED, row, successor)
        await self._reuse.punish(context, row["grant_id"], "refresh")
        return RefreshRotation(state=RefreshState.REUSED)

    async def find(self, context: Context, token: str) -> RefreshInfo | None:
        """A live token's grant and times."""
        hashed = check_secret(REFRESH_KIND, token)
        row = hashed and await self._database.fetchrow(tables.FIND_REFRESH, context.tenant, hashed)
        if not row:
            return None
        return RefreshInfo(grant=joined_grant(row), issued_at=row["issued_at"], expires_at=row["token_expires_at"])


def _rotation(state: RefreshState, row: Row, successor: str) -> RefreshRotation:
    return RefreshRotation(state=state, grant=joined_grant(row), successor=successor, scope=tuple(row["token_scope"]))


def _sealer(token: str) -> Sealer:
    """Seals under a key that only the token yields (HKDF, RFC 5869)."""
    return Sealer(
        DataKey(_KEY_NAME, HKDF(SHA256(), 32, salt=None, info=b"xenia refresh successor").derive(token.encode()))
    )


def _place(tenant: str, hashed: bytes) -> Associated:
    return Associated("refresh-successor", tenant, hashed.hex())
