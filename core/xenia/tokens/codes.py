"""Authorization codes (RFC 6749 section 4.1.2): redeemed once, by the application they were made for.

Statements: ``issue`` 1; ``redeem`` 1, which brings the grant along, and 1 more where it failed, to tell a second use
from an unknown code.
"""

from __future__ import annotations

from datetime import timedelta

from xenia.context import Context
from xenia.db import Database
from xenia.grants.joins import joined_grant
from xenia.grants.models import Grant
from xenia.security.secrets import check_secret, digest, new_secret
from xenia.tokens import tables
from xenia.tokens.models import CodeRedemption, CodeState
from xenia.tokens.reuse import Reuse

CODE_KIND = "ac"


class Codes:
    """The codes of every tenant."""

    def __init__(self, database: Database, reuse: Reuse) -> None:
        self._database = database
        self._reuse = reuse

    async def issue(self, context: Context, grant: Grant, data: bytes, *, lifetime: timedelta) -> str:
        """A code for the grant; ``data`` is the protocol's own, given back once."""
        code = new_secret(CODE_KIND)
        row = (context.tenant, digest(code), grant.id, grant.application, data, lifetime)
        await self._database.execute(tables.ADD_CODE, *row)
        return code

    async def redeem(self, context: Context, code: str, application: str) -> CodeRedemption:
        """Exactly one caller gets the grant. A second use ends it with all its tokens."""
        hashed = check_secret(CODE_KIND, code)
        if hashed is None:
            return CodeRedemption(state=CodeState.UNKNOWN)
        row = await self._database.fetchrow(tables.REDEEM_CODE, context.tenant, hashed, application)
        if row is not None:
            return CodeRedemption(state=CodeState.REDEEMED, grant=joined_grant(row), data=row["code_data"])
        grant_id = await self._database.fetchval(tables.USED_CODE, context.tenant, hashed, application)
        if grant_id is None:
            return CodeRedemption(state=CodeState.UNKNOWN)
        await self._reuse.punish(context, grant_id, "code")
        return CodeRedemption(state=CodeState.REUSED)
