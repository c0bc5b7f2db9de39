"""What follows when a passkey or a security key is added or removed, whoever did it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import ChannelKind, Context, Event, Host, Outgoing, Subscriber, text
from xenia_passkeys.models import KINDS


class Notice:
    """Tells the person (OWASP ASVS 6.3.7)."""

    name = "passkeys.notice"
    types: tuple[str, ...] = ("credential.added", "credential.removed")

    def __init__(self, host: Host) -> None:
        self._host = host

    async def handle(self, context: Context, event: Event) -> None:
        """Mail one sentence, if the event is about a key of this plugin."""
        if event.data.get("kind") not in KINDS:
            return
        user = await self._host.users.get(context, UUID(event.data["user"]))
        if user is not None and user.email:
            message = _message(event.type.rpartition(".")[2], user.email, user.locale or context.locale)
            await self._host.notify.send(context, message)


def _message(what: str, address: str, locale: str) -> Outgoing:
    return Outgoing(
        channel=ChannelKind.EMAIL,
        to=address,
        subject=text(f"passkeys.notice.{what}.subject"),
        body=(text(f"passkeys.notice.{what}.body"),),
        link="/account/security",
        link_label=text("passkeys.notice.link"),
        small=(text("passkeys.notice.small"),),
        locale=locale,
    )


if TYPE_CHECKING:

    def _proof(host: Host) -> Subscriber:
        return Notice(host)
