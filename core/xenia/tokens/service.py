"""Tokens: the one door to codes, access tokens and refresh families. What each costs is told where it is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from xenia.clock import Clock
from xenia.context import Context
from xenia.db import Database
from xenia.errors import Unavailable
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.grants.contracts import Grants
from xenia.grants.models import Grant
from xenia.security.secrets import check_secret
from xenia.tenants.contracts import Tenants
from xenia.tokens import tables
from xenia.tokens.access import ACCESS_KIND, AccessTokens, Audit
from xenia.tokens.codes import Codes
from xenia.tokens.contracts import Keys
from xenia.tokens.events import REVOKED
from xenia.tokens.models import (
    AccessClaims,
    AccessToken,
    CodeRedemption,
    RefreshInfo,
    RefreshRotation,
    TokenFormat,
)
from xenia.tokens.providers import Sealing
from xenia.tokens.refresh import REFRESH_KIND, RefreshTokens
from xenia.tokens.reuse import Reuse
from xenia.tokens.revocations import RevocationLog
from xenia.tokens.times import TokenTimes

Shape = Callable[[Context, AccessClaims], Awaitable[Mapping[str, Any]]]
"""Asks plugins for more claims of a token that is about to be issued."""


class TokenService:
    """What applications hold. ``audit`` writes the rows of issued tokens (many at once, where it is a group commit)."""

    def __init__(
        self,
        database: Database,
        *,
        keys: Keys,
        grants: Grants,
        tenants: Tenants,
        events: Events,
        revocations: RevocationLog,
        sealing: Sealing,
        clock: Clock,
        audit: Audit,
        times: TokenTimes | None = None,
        shape: Shape | None = None,
    ) -> None:
        times = times or TokenTimes()
        if times.access_longest >= revocations.kept:
            raise ValueError("a signed token must not outlive the memory of its revocation")
        self._database = database
        self._clock = clock
        self._shape = shape
        self._grants = grants
        self._events = events
        self._revocations = revocations
        reuse = Reuse(database, events, grants)
        self._codes = Codes(database, reuse)
        self._refresh = RefreshTokens(database, reuse, times)
        self._access = AccessTokens(database, keys, tenants, revocations, sealing, clock, times, audit)

    # -- codes

    async def issue_code(self, context: Context, grant: Grant, data: bytes, *, lifetime: timedelta) -> str:
        """An authorization code for the grant; ``data`` is the protocol's own, given back once."""
        return await self._codes.issue(context, grant, data, lifetime=lifetime)

    async def redeem_code(self, context: Context, code: str, application: str) -> CodeRedemption:
        """Redeem it: exactly one caller gets the grant. A second use ends the grant with all its tokens."""
        return await self._codes.redeem(context, code, application)

    # -- access tokens

    async def issue_access(
        self,
        context: Context,
        grant: Grant,
        *,
        scope: Sequence[str],
        audience: Sequence[str] = (),
        lifetime: timedelta | None = None,
        format: TokenFormat = TokenFormat.JWT,
        extra: Mapping[str, Any] | None = None,
    ) -> AccessToken:
        """An access token (RFC 9068 when JWT) with its audit row. ``extra`` claims, and those that plugins add, may not
        name reserved ones.
        """
        own = dict(extra or {})
        shaped = await self._shaped(context, grant, scope, audience, own)
        if taken := own.keys() & shaped.keys():
            raise Unavailable(f"a plugin would change the protocol's claims: {', '.join(sorted(taken))}")
        return await self._access.issue(
            context, grant, scope=scope, audience=audience, lifetime=lifetime, format=format, extra=own | shaped
        )

    async def _shaped(
        self, context: Context, grant: Grant, scope: Sequence[str], audience: Sequence[str], extra: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What plugins add to a token. They see it as it will be, but for its id and its time."""
        if self._shape is None:
            return {}
        now = self._clock.now()
        preview = AccessClaims(
            tenant=context.tenant, id="", grant_id=grant.id, application=grant.application, subject=grant.subject,
            user_id=grant.user_id, session_id=grant.session_id, scope=tuple(scope), audience=tuple(audience),
            issued_at=now, expires_at=now, acr=grant.acr, amr=grant.amr, auth_time=grant.auth_time, extra=dict(extra),
        )  # fmt: skip
        return dict(await self._shape(context, preview))

    async def verify_access(self, context: Context, token: str) -> AccessClaims | None:
        """The claims of a live access token of this tenant, either format; checked against the revocation log."""
        return await self._access.verify(context, token)

    # -- refresh tokens

    async def issue_refresh(self, context: Context, grant: Grant, *, scope: Sequence[str]) -> str:
        """The first refresh token of a family."""
        return await self._refresh.issue(context, grant, list(scope))

    async def rotate_refresh(
        self, context: Context, token: str, application: str, *, rotate: bool = True
    ) -> RefreshRotation:
        """Use a refresh token.

        One caller rotates; within the grace the same successor is given again; later reuse ends the grant.

        Without ``rotate`` it is checked and touched only, and stays the one to use.
        """
        return await self._refresh.use(context, token, application, rotate=rotate)

    async def introspect_refresh(self, context: Context, token: str) -> RefreshInfo | None:
        """A live refresh token's grant and times."""
        return await self._refresh.find(context, token)

    # -- revoking

    async def revoke(self, context: Context, token: str, application: str) -> bool:
        """Revoke a token of that application (RFC 7009): an access token alone, a refresh token with its grant.

        ``False`` if unknown.
        """
        if hashed := check_secret(REFRESH_KIND, token):
            grant_id = await self._database.fetchval(tables.GRANT_OF_REFRESH, context.tenant, hashed, application)
            return grant_id is not None and await self._grants.end(context, grant_id, reason="revoked")
        if hashed := check_secret(ACCESS_KIND, token):
            return await self._revoke_opaque(context, hashed, application)
        return await self._revoke_signed(context, token, application)

    async def _revoke_opaque(self, context: Context, hashed: bytes, application: str) -> bool:
        async with self._database.transaction():
            row = await self._database.fetchrow(tables.REVOKE_ACCESS, context.tenant, hashed, application)
            if row is not None:
                await self._tell(context, str(row["id"]), row["user_id"], application)
        return row is not None

    async def _revoke_signed(self, context: Context, token: str, application: str) -> bool:
        claims = await self._access.read(context, token)
        if claims is None or claims.application != application:
            return False
        async with self._database.transaction():
            await self._revocations.record(context, "token", [claims.id])
            await self._tell(context, claims.id, claims.user_id, application)
        return True

    async def _tell(self, context: Context, id_: str, person: UUID | None, application: str) -> None:
        data = {"application": application}
        await self._events.record(
            context, NewEvent(type=REVOKED, object=Object("token", id_), data=data, person=person)
        )

    # -- keeping house

    async def sweep(self, most: int = 1000) -> int:
        """Delete up to ``most`` refresh tokens of all tenants whose family expired more than a day ago; how many."""
        return await self._database.changed(tables.SWEEP, most)


if TYPE_CHECKING:
    from xenia.tokens.contracts import Tokens

    _tokens: type[Tokens] = TokenService
