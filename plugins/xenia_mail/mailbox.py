"""The mailbox of development: what would have been sent, kept to be looked at."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from xenia.api import Context, Host, Rendered, new_id, parse_id
from xenia_mail import tables


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as it was kept. ``text`` is empty in a list."""

    id: UUID
    at: datetime
    recipient: str
    subject: str
    text: str = ""


class Mailbox:
    """The last mails of each tenant, newest first."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def keep(self, context: Context, message: Rendered) -> None:
        """Keep a mail once, however often it is offered, and let go of the oldest."""
        id_ = parse_id(message.message_id) or new_id()
        async with self._host.store(context) as store:
            await store.execute(tables.KEEP, context.tenant, id_, message.to, message.subject, message.text)
            await store.execute(tables.LET_GO, context.tenant)

    async def list(self, context: Context) -> tuple[Mail, ...]:
        """All that are kept."""
        rows = await self._host.tables(context).fetch(tables.LIST, context.tenant)
        return tuple(Mail(**dict(row)) for row in rows)

    async def get(self, context: Context, id_: str) -> Mail | None:
        """One of them."""
        if (known := parse_id(id_)) is None:
            return None
        row = await self._host.tables(context).fetchrow(tables.GET, context.tenant, known)
        return Mail(**dict(row)) if row else None
