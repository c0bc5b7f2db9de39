"""What applications know of a person, when two of their accounts become one or are parted again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from xenia.context import Context
from xenia.db import Database

# Where both accounts are known to a sector each keeps its own subject: a person has one in each sector.
_MOVE_SUBJECTS = """
    UPDATE subjects s SET user_id = $3 WHERE s.tenant_id = $1 AND s.user_id = $2 AND NOT EXISTS (
        SELECT FROM subjects t WHERE t.tenant_id = $1 AND t.user_id = $3 AND t.sector = s.sector)
    RETURNING s.value"""
_MOVE_BACK = "UPDATE subjects SET user_id = $3 WHERE tenant_id = $1 AND user_id = $2 AND value = ANY ($4::text[])"
_MOVE_GRANTS = """
    UPDATE grants SET user_id = $3, session_id = NULL
    WHERE tenant_id = $1 AND user_id = $2 AND is_offline AND ended_at IS NULL AND subject = ANY ($4::text[])"""
_KEPT_SUBJECTS = """
    SELECT count(*) FROM subjects s JOIN subjects t USING (tenant_id, sector)
    WHERE s.tenant_id = $1 AND s.user_id = $2 AND t.user_id = $3"""


class SubjectMoves:
    """Moves subjects, and the offline grants that carry them. Everything in the running transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def clashes(self, context: Context, source: UUID, target: UUID) -> int:
        """In how many sectors both are known: applications there will see the target's subject from now on."""
        return int(await self._database.fetchval(_KEPT_SUBJECTS, context.tenant, source, target))

    async def move(self, context: Context, source: UUID, target: UUID) -> list[str]:
        """The subjects that went over, with their offline grants: applications see no change."""
        rows = await self._database.fetch(_MOVE_SUBJECTS, context.tenant, source, target)
        moved = [row["value"] for row in rows]
        await self._database.execute(_MOVE_GRANTS, context.tenant, source, target, moved)
        return moved

    async def move_back(self, context: Context, source: UUID, target: UUID, moved: Sequence[str]) -> None:
        """Give the subjects back to whom they came from."""
        await self._database.execute(_MOVE_BACK, context.tenant, target, source, list(moved))
