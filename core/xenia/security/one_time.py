"""Things that work once: secrets in links, ids seen before, and short codes typed by people.

Each is a row of ``one_time``, and one conditional statement decides who used it; nothing is read first and written
later. The database's clock decides expiry.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from xenia.db import apart
from xenia.security import tables
from xenia.security.secrets import check_secret, digest, keyed_digest, new_secret, same
from xenia.security.sql import Sql

_DIGEST = 32


class CodeStatus(StrEnum):
    """How a typed code fared."""

    OK = "ok"
    WRONG = "wrong"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class CodeResult:
    """The answer to a typed code: ``OK`` with its data, ``WRONG`` with the tries left, or ``SPENT``.

    ``SPENT`` covers used, expired, guessed at too often and never issued; they answer alike.
    """

    status: CodeStatus
    data: bytes = b""
    attempts_left: int = 0

    @property
    def is_ok(self) -> bool:
        """Whether the code was right, and was used by this very call."""
        return self.status is CodeStatus.OK


class OneTime:
    """The one-time things of all tenants; ``key`` (32 bytes) keys the digests of what can be guessed."""

    def __init__(self, sql: Sql, key: bytes) -> None:
        self._sql = sql
        self._key = key

    async def issue(self, tenant: str, kind: str, data: bytes, ttl: timedelta) -> str:
        """A fresh secret (``x<kind>_…``) that gives ``data`` back once within ``ttl``; only its hash is stored."""
        secret = new_secret(kind)
        await self._sql.execute(tables.ISSUE, tenant, kind, digest(secret), data, ttl)
        return secret

    async def peek(self, tenant: str, kind: str, secret: str) -> bytes | None:
        """The data of a secret that could still be consumed. Shows a page; never decides anything."""
        hashed = check_secret(kind, secret)
        return hashed and await self._sql.fetchval(tables.PEEK, tenant, kind, hashed)

    async def consume(self, tenant: str, kind: str, secret: str) -> bytes | None:
        """The data, for exactly one of all callers; None if used, expired, unknown or malformed."""
        hashed = check_secret(kind, secret)
        return hashed and await self._sql.fetchval(tables.CONSUME, tenant, kind, hashed)

    async def claim(self, tenant: str, kind: str, key: str, ttl: timedelta) -> bool:
        """Remember ``key`` (a ``jti``, an assertion's id) for ``ttl``; True only for the first to bring it."""
        hashed = keyed_digest(self._key, "one-time-claim", tenant, kind, key)
        return bool(await self._sql.fetchval(tables.CLAIM, tenant, kind, hashed, ttl))

    async def issue_code(
        self,
        tenant: str,
        kind: str,
        bound_to: str,
        *,
        ttl: timedelta,
        digits: int = 6,
        attempts: int = 5,
        data: bytes = b"",
    ) -> str:
        """A code of decimal digits for ``bound_to`` (a journey, a user), which replaces the one before it.

        A new code brings new attempts, so the caller limits how often one is asked for (``limits``).
        """
        code = "".join(secrets.choice("0123456789") for _ in range(digits))
        stored = self._code_digest(tenant, kind, bound_to, code) + data
        await self._sql.execute(
            tables.ISSUE_CODE, tenant, kind, self._row(tenant, kind, bound_to), stored, ttl, attempts
        )
        return code

    async def check_code(self, tenant: str, kind: str, bound_to: str, code: str) -> CodeResult:
        """Try a code: the attempt is taken before anything is compared, and a right code works once.

        The attempt stays taken even if the running transaction is rolled back.
        """
        place = (tenant, kind, self._row(tenant, kind, bound_to))
        row = await apart(lambda: self._sql.fetchrow(tables.TRY_CODE, *place))
        if row is None:
            return CodeResult(CodeStatus.SPENT)
        stored: bytes = row["data"]
        typed = self._code_digest(tenant, kind, bound_to, "".join(code.split()))
        if not same(typed, stored[:_DIGEST]):
            return CodeResult(CodeStatus.WRONG, attempts_left=row["attempts_left"])
        if not await self._sql.fetchval(tables.CONSUME_CODE, *place, stored):
            return CodeResult(CodeStatus.SPENT)
        return CodeResult(CodeStatus.OK, data=stored[_DIGEST:])

    async def revoke_code(self, tenant: str, kind: str, bound_to: str) -> None:
        """Forget the code bound to ``bound_to``, if there is one."""
        await self._sql.execute(tables.REVOKE_CODE, tenant, kind, self._row(tenant, kind, bound_to))

    async def sweep(self, most: int = 1000) -> int:
        """Delete up to ``most`` rows that expired more than a day ago; returns how many."""
        return int(await self._sql.fetchval(tables.SWEEP_ONE_TIME, most))

    def _row(self, tenant: str, kind: str, bound_to: str) -> bytes:
        return keyed_digest(self._key, "one-time-code-row", tenant, kind, bound_to)

    def _code_digest(self, tenant: str, kind: str, bound_to: str, code: str) -> bytes:
        return keyed_digest(self._key, "one-time-code", tenant, kind, bound_to, code)
