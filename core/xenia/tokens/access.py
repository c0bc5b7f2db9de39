"""Access tokens, signed (RFC 9068) or opaque.

Statements: ``issue`` 1, the audit row, which takes the row of an opaque token along; ``verify`` none for a signed one
while the tail of the revocation log is sure, 1 for an opaque one, shared with whoever asks at the same time.

A signed token names its grant and its user in one sealed claim, so that an application can neither tell two grants
apart nor learn the identifier behind a pairwise subject, and checking a token reads no table.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from xenia.clock import Clock
from xenia.context import Context
from xenia.db import Database
from xenia.errors import Conflict, NotFound, Unavailable
from xenia.events.models import Beside, NewEvent, Object
from xenia.grants.joins import joined_grant
from xenia.grants.models import Grant
from xenia.ids import new_id
from xenia.security.sealing import SealError
from xenia.security.secrets import check_secret, digest, new_secret
from xenia.tenants.contracts import Tenants
from xenia.tokens import tables
from xenia.tokens.contracts import Keys, Revocations
from xenia.tokens.events import ISSUED
from xenia.tokens.models import AccessClaims, AccessToken, TokenFormat
from xenia.tokens.providers import Sealing
from xenia.tokens.times import TokenTimes

ACCESS_KIND = "at"
ACCESS_TYP = "at+jwt"

RESERVED = frozenset(
    {
        *("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope"),
        *("acr", "amr", "auth_time", "sid", "act", "grant"),
    }
)
"""Claims that are ours to set; ``extra`` may name none of them."""

Audit = Callable[[Context, NewEvent, Beside | None], Awaitable[None]]

_NOBODY = bytes(16)


class _Signed(msgspec.Struct, frozen=True, kw_only=True):
    """The claims of a signed access token of ours (RFC 9068 section 2.2)."""

    iss: str
    sub: str
    aud: str | tuple[str, ...]
    exp: int
    iat: int
    jti: str
    client_id: str
    grant: str
    scope: str = ""
    sid: UUID | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()
    auth_time: int | None = None
    act: dict[str, Any] = {}


class AccessTokens:
    """The access tokens of every tenant. ``audit`` writes the row that tells of each; the answer waits for it."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        tenants: Tenants,
        revocations: Revocations,
        sealing: Sealing,
        clock: Clock,
        times: TokenTimes,
        audit: Audit,
    ) -> None:
        self._database = database
        self._keys = keys
        self._tenants = tenants
        self._revocations = revocations
        self._sealing = sealing
        self._clock = clock
        self._times = times
        self._audit = audit

    # -- issuing

    async def issue(
        self,
        context: Context,
        grant: Grant,
        *,
        scope: Sequence[str],
        audience: Sequence[str],
        lifetime: timedelta | None,
        format: TokenFormat,
        extra: Mapping[str, Any],
    ) -> AccessToken:
        """An access token with its audit row. Raises ``Unavailable`` where ``extra`` names a claim that is ours."""
        if taken := RESERVED & extra.keys():
            raise Unavailable(f"extra claims name reserved ones: {', '.join(sorted(taken))}")
        issuer, id_, beside = await self._issuer(context), new_id(), None
        audience = tuple(audience) or (issuer,)
        if format is TokenFormat.JWT:
            lifetime = min(lifetime or self._times.access, self._times.access_longest)
            value = await self._signed(context, grant, issuer, id_, scope, audience, lifetime, extra)
        else:
            lifetime = lifetime or self._times.access
            value = new_secret(ACCESS_KIND)
            beside = _row(context, grant, value, id_, scope, audience, lifetime, extra)
        data = {"grant": str(grant.id), "format": format.value, "scope": list(scope), "application": grant.application}
        event = NewEvent(type=ISSUED, object=Object("token", str(id_)), data=data, person=grant.user_id)
        try:
            await self._audit(context, event, beside)
        except asyncpg.ForeignKeyViolationError as problem:  # it was in memory still, and its application was removed
            raise Conflict("the grant has gone") from problem
        return AccessToken(value=value, lifetime=int(lifetime.total_seconds()), id=str(id_))

    async def _signed(
        self,
        context: Context,
        grant: Grant,
        issuer: str,
        id_: UUID,
        scope: Sequence[str],
        audience: Sequence[str],
        lifetime: timedelta,
        extra: Mapping[str, Any],
    ) -> str:
        now = int(self._clock.now().timestamp())
        claims = {
            **extra,
            "iss": issuer,
            "sub": grant.subject or grant.application,
            "aud": audience[0] if len(audience) == 1 else audience,
            "exp": now + int(lifetime.total_seconds()),
            "iat": now,
            "jti": str(id_),
            "client_id": grant.application,
            "scope": " ".join(scope),
            "grant": await self._seal(context, grant, id_),
            **_authentication(grant),
        }
        return await self._keys.sign(context, claims, typ=ACCESS_TYP)

    # -- verifying

    async def verify(self, context: Context, token: str) -> AccessClaims | None:
        """The claims of a live access token of the context's tenant, either format.

        The audience is the caller's to check.
        """
        if hashed := check_secret(ACCESS_KIND, token):
            return await self._verify_opaque(context, hashed)
        claims = await self.read(context, token)
        if claims is None or claims.expires_at <= self._clock.now():
            return None
        ended = await self._revocations.is_ended(
            context, grant=claims.grant_id, session=claims.session_id, token=claims.id
        )
        return None if ended else claims

    async def read(self, context: Context, token: str) -> AccessClaims | None:
        """The claims of a signed access token that this tenant issued, however long ago, whatever became of it."""
        raw = await self._keys.verify(context, token, typ=(ACCESS_TYP,))
        if raw is None:
            return None
        try:
            signed = msgspec.convert(raw, _Signed)
            grant_id, user_id = await self._open(context, signed)
        except (msgspec.ValidationError, SealError, ValueError):
            return None
        return _claims(context, signed, raw, grant_id, user_id) if signed.iss == await self._issuer(context) else None

    async def _verify_opaque(self, context: Context, hashed: bytes) -> AccessClaims | None:
        row = await self._database.lookup(tables.FIND_ACCESS, context.tenant, hashed)
        if row is None:
            return None
        grant = joined_grant(row)
        return AccessClaims(
            tenant=context.tenant,
            id=str(row["id"]),
            grant_id=grant.id,
            application=grant.application,
            subject=grant.subject or grant.application,
            user_id=grant.user_id,
            session_id=grant.session_id,
            scope=tuple(row["scope"]),
            audience=tuple(row["audience"]),
            issued_at=row["issued_at"],
            expires_at=row["expires_at"],
            acr=grant.acr,
            amr=grant.amr,
            auth_time=grant.auth_time,
            actor=grant.actor,
            extra=msgspec.json.decode(row["extra"], type=dict[str, Any]),
        )

    # -- the sealed claim

    async def _seal(self, context: Context, grant: Grant, id_: UUID) -> str:
        plain = grant.id.bytes + (grant.user_id.bytes if grant.user_id else _NOBODY)
        return base64.urlsafe_b64encode(await self._sealing.seal(context, "access-token", str(id_), plain)).decode()

    async def _open(self, context: Context, signed: _Signed) -> tuple[UUID, UUID | None]:
        sealed = base64.urlsafe_b64decode(signed.grant)
        plain = await self._sealing.open(context, "access-token", signed.jti, sealed)
        grant, user = plain[:16], plain[16:]
        return UUID(bytes=grant), UUID(bytes=user) if user != _NOBODY else None

    async def _issuer(self, context: Context) -> str:
        if tenant := await self._tenants.get(context.tenant):
            return tenant.issuer
        raise NotFound("there is no such tenant")


def _row(
    context: Context,
    grant: Grant,
    token: str,
    id_: UUID,
    scope: Sequence[str],
    audience: Sequence[str],
    lifetime: timedelta,
    extra: Mapping[str, Any],
) -> Beside:
    """The row of an opaque token: committed with the event that tells of it."""
    more = msgspec.json.encode(extra).decode()
    row = (context.tenant, digest(token), id_, grant.id, list(scope), list(audience), more, lifetime)
    return Beside(tables.ADD_ACCESS, row)


def _authentication(grant: Grant) -> dict[str, Any]:
    """How and in which session the person signed in (RFC 9068 section 2.2.1).

    No session where the grant outlives it.
    """
    claims = {
        "sid": str(grant.session_id) if grant.session_id and not grant.offline else None,
        "acr": grant.acr,
        "amr": grant.amr,
        "auth_time": int(grant.auth_time.timestamp()) if grant.auth_time else None,
        "act": grant.actor,
    }
    return {name: value for name, value in claims.items() if value}


def _claims(
    context: Context, signed: _Signed, raw: Mapping[str, Any], grant_id: UUID, user_id: UUID | None
) -> AccessClaims:
    return AccessClaims(
        tenant=context.tenant,
        id=signed.jti,
        grant_id=grant_id,
        application=signed.client_id,
        subject=signed.sub,
        user_id=user_id,
        session_id=signed.sid,
        scope=tuple(signed.scope.split()),
        audience=(signed.aud,) if isinstance(signed.aud, str) else signed.aud,
        issued_at=_time(signed.iat),
        expires_at=_time(signed.exp),
        acr=signed.acr,
        amr=signed.amr,
        auth_time=None if signed.auth_time is None else _time(signed.auth_time),
        actor=signed.act,
        extra={name: value for name, value in raw.items() if name not in RESERVED},
    )


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
