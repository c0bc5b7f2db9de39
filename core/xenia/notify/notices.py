"""What a person is told of their own account, whoever did it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from xenia.context import Context
from xenia.events.models import Event
from xenia.messages import text
from xenia.notify.models import ChannelKind, Outgoing

if TYPE_CHECKING:
    from xenia.events.contracts import Subscriber
    from xenia.plugin.host import Host


class CredentialNotice:
    """Mails a person that a way to sign in was added or removed (OWASP ASVS 6.3.7): contributed by the plugin that it belongs to.

    ``kinds`` are the plugin's kinds of credential. Its sentences are ``<plugin>.notice.added.subject`` and ``.body``, the same
    for ``removed``, and ``<plugin>.notice.link`` and ``.small`` for what to do. ``more`` are events of the plugin's own, with
    ``kind`` and ``user`` in their data, whose sentences are named by the last part of their type. ``tells``: of what; a plugin
    that tells of what is added in its own way leaves that out.
    """

    def __init__(
        self,
        host: Host,
        plugin: str,
        kinds: frozenset[str],
        *,
        more: tuple[str, ...] = (),
        tells: tuple[str, ...] = ("added", "removed"),
    ) -> None:
        self.name = f"{plugin}.notice"
        self.types: tuple[str, ...] = (*(f"credential.{one}" for one in tells), *more)
        self._host = host
        self._kinds = kinds

    async def handle(self, context: Context, event: Event) -> None:
        """Mail it, if the event is about a credential of these kinds and the person has an address."""
        if event.data.get("kind") not in self._kinds:
            return
        user = await self._host.users.get(context, UUID(event.data["user"]))
        if user is not None and user.email:
            what = event.type.rpartition(".")[2]
            message = self._message(what, user.email, user.locale or context.locale)
            await self._host.notify.send(context, msgspec.structs.replace(message, concerns=user.id, at=event.at))

    def _message(self, what: str, address: str, locale: str) -> Outgoing:
        return Outgoing(
            channel=ChannelKind.EMAIL,
            to=address,
            subject=text(f"{self.name}.{what}.subject"),
            body=(text(f"{self.name}.{what}.body"),),
            link="/account/security",
            link_label=text(f"{self.name}.link"),
            small=(text(f"{self.name}.small"),),
            locale=locale,
        )


if TYPE_CHECKING:

    def _proof(host: Host) -> Subscriber:
        return CredentialNotice(host, "plugin", frozenset())
