"""People by the thousand: the first is made as any is, the others are copies of that one with addresses of their own."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from xenia.app import Kernel
from xenia.context import Context
from xenia.credentials.models import NewCredential
from xenia.ids import new_id
from xenia.users.models import IdentifierKind, NewIdentifier, NewUser

_USERS = """
    INSERT INTO users (tenant_id, id, pool, attributes, roles, locale, search)
    SELECT u.tenant_id, copy, u.pool, u.attributes, u.roles, u.locale, u.search
    FROM users u, unnest($3::uuid[]) AS copy WHERE u.tenant_id = $1 AND u.id = $2"""
_IDENTIFIERS = """
    INSERT INTO identifiers (tenant_id, pool, kind, normalised, user_id, value, is_primary, verified_at)
    SELECT i.tenant_id, i.pool, i.kind, email, copy, email, i.is_primary, i.verified_at
    FROM identifiers i, unnest($3::uuid[], $4::text[]) AS copies (copy, email) WHERE i.tenant_id = $1 AND i.user_id = $2"""
_CREDENTIALS = """
    INSERT INTO credentials (tenant_id, id, user_id, plugin, kind, label, second, counter, data)
    SELECT c.tenant_id, copy_id, copy, c.plugin, c.kind, c.label, c.second, c.counter, sealed
    FROM credentials c, unnest($3::uuid[], $4::uuid[], $5::bytea[]) AS copies (copy, copy_id, sealed)
    WHERE c.tenant_id = $1 AND c.user_id = $2"""


async def populate(kernel: Kernel, context: Context, emails: Sequence[str], password: bytes) -> None:
    """One person for each address, all with one password, given as its encoded hash. Of the copies no event tells."""
    first, *others = emails
    async with kernel.transaction():
        made = await _first(kernel, context, first, password)
        await _copies(kernel, context, made, others, password)


async def _first(kernel: Kernel, context: Context, email: str, password: bytes) -> UUID:
    identifier = NewIdentifier(kind=IdentifierKind.EMAIL, value=email, verified=True)
    user = await kernel.users.create(context, NewUser(identifiers=(identifier,), attributes={"name": "Ada"}))
    credential = NewCredential(plugin="password", kind="password", data=password, replaces=True)
    await kernel.credentials.add(context, user.id, credential)
    return user.id


async def _copies(kernel: Kernel, context: Context, first: UUID, emails: Sequence[str], password: bytes) -> None:
    users, credentials = [new_id() for _ in emails], [new_id() for _ in emails]
    # What is sealed is bound to its row, so each copy is sealed for its own.
    sealed = [await kernel.sealing.seal(context, "credential:password", str(id_), password) for id_ in credentials]
    database, of = kernel.database, (context.tenant, first, users)
    await database.execute(_USERS, *of)
    await database.execute(_IDENTIFIERS, *of, list(emails))
    await database.execute(_CREDENTIALS, *of, credentials, sealed)
