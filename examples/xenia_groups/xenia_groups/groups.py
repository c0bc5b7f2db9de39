"""Who is in which group."""

from __future__ import annotations

from uuid import UUID

from xenia.api import Context, Host

_OF = "SELECT name FROM groups_members WHERE tenant_id = $1 AND user_id = $2 ORDER BY name"
_ADD = "INSERT INTO groups_members (tenant_id, user_id, name) SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING"
_REMOVE = "DELETE FROM groups_members WHERE tenant_id = $1 AND user_id = $2"


class Groups:
    """Reads and writes ``groups_members``."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def of(self, context: Context, user_id: UUID) -> tuple[str, ...]:
        """A person's groups, by name."""
        rows = await self._host.tables(context).fetch(_OF, context.tenant, user_id)
        return tuple(row["name"] for row in rows)

    async def put(self, context: Context, user_id: UUID, names: tuple[str, ...]) -> None:
        """Let a person be in these groups and no others."""
        async with self._host.store(context) as store:
            await store.execute(_REMOVE, context.tenant, user_id)
            await store.execute(_ADD, context.tenant, user_id, list(names))
