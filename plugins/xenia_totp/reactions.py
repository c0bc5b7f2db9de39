"""What follows when an authenticator app is added or removed, whoever did it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import ChannelKind, Context, Event, Host, Outgoing, Subscriber, text
from xenia_totp import recovery, service


class CodesEnd:
    """Recovery codes end with the last second factor, whichever plugin it belonged to: they have nothing left to stand in for."""

    name = "totp.codes_end"
    types: tuple[str, ...] = ("credential.removed",)

    def __init__(self, host: Host) -> None:
        self._host = host

    async def handle(self, context: Context, event: Event) -> None:
        """Remove the codes of a person without any second factor. Doing it twice changes nothing."""
        user_id = UUID(event.data["user"])
        left = await self._host.credentials.summaries(context, user_id)
        if any(one.kind == recovery.KIND for one in left) and not any(one.second for one in left):
            await self._host.credentials.remove_kind(context, user_id, recovery.KIND)


class Notice:
    """Tells the person that an app was added or removed (OWASP ASVS 6.3.7)."""

    name = "totp.notice"
    types: tuple[str, ...] = ("credential.added", "credential.removed")

    def __init__(self, host: Host) -> None:
        self._host = host

    async def handle(self, context: Context, event: Event) -> None:
        """Mail one sentence, if the event is about an app of this plugin."""
        if event.data.get("kind") != service.KIND:
            return
        user = await self._host.users.get(context, UUID(event.data["user"]))
        if user is not None and user.email:
            message = _message(event.type.rpartition(".")[2], user.email, user.locale or context.locale)
            await self._host.notify.send(context, message)


def _message(what: str, address: str, locale: str) -> Outgoing:
    return Outgoing(
        channel=ChannelKind.EMAIL,
        to=address,
        subject=text(f"totp.app_{what}.subject"),
        body=(text(f"totp.app_{what}.body"),),
        link="/account/security",
        link_label=text("totp.notice.link"),
        small=(text("totp.notice.small"),),
        locale=locale,
    )


if TYPE_CHECKING:

    def _proof(host: Host) -> tuple[Subscriber, ...]:
        return CodesEnd(host), Notice(host)
