"""A channel that keeps the messages it is given, as a plugin of its own."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import cast

from xenia.context import Context
from xenia.messages import literal
from xenia.notify.contracts import Channel
from xenia.notify.models import ChannelKind, Rendered
from xenia.plugin.hookspecs import hookimpl
from xenia.plugin.host import Host
from xenia.plugin.manifest import Manifest, Plugin


class Mailbox:
    """Everybody's mailbox."""

    name = "mailbox"
    kind = ChannelKind.EMAIL
    __name__ = "mailbox"
    manifest = Manifest(name="mailbox", title=literal("Mailbox"), summary=literal("Keeps mail."))

    def __init__(self) -> None:
        self.messages: list[Rendered] = []

    @property
    def plugin(self) -> Plugin:
        """To be installed beside others."""
        return Plugin(self.manifest, cast("ModuleType", self))

    @property
    def last(self) -> Rendered:
        """What came last."""
        return self.messages[-1]

    @hookimpl
    def register_channels(self, host: Host) -> Sequence[Channel]:
        """Itself."""
        return (self,)

    async def send(self, context: Context, message: Rendered) -> None:
        """Keep it."""
        self.messages.append(message)

    def to(self, address: str) -> list[Rendered]:
        """What somebody got, oldest first."""
        return [message for message in self.messages if message.to == address]
