"""Channels that carry messages, and how plugins send."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from xenia.context import Context
from xenia.notify.models import ChannelKind, Outgoing, Rendered


class Channel(Protocol):
    """Carries messages of one kind. Raise ``Unavailable`` to be tried again with back-off, ``Undeliverable`` where that
    would not help.
    """

    name: str
    kind: ChannelKind

    async def send(self, context: Context, message: Rendered) -> None:
        """Hand the message over. At least once: use ``message_id`` where the transport can tell doubles."""
        ...


class Notifier(Protocol):
    """Sends messages after the commit of the running transaction, outside the request."""

    async def send(self, context: Context, message: Outgoing) -> None:
        """Put the message into the running transaction's queue."""
        ...

    async def send_if_known(self, context: Context, user_id: UUID | None, wanted: str, message: Outgoing) -> None:
        """Send to a verified address of somebody, if there is anybody and they may sign in; ``message.to`` is filled in.

        Whether there is, and at which address (the ``wanted`` one where it is theirs), is found out apart from the request
        and at another moment, so that neither the answer nor its time tells.
        """
        ...

    async def can(self, context: Context, kind: ChannelKind) -> bool:
        """Whether the context's tenant has a channel of this kind."""
        ...
