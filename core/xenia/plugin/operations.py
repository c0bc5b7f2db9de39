"""What a command of a plugin may do with the installation it runs on, before and while the core's services are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Protocol

from xenia.plugin.host import Host
from xenia.plugin.programs import Program
from xenia.settings import Settings


class Operations(Protocol):
    """One installation, as a command sees it. Everything raises ``SetupError`` with one line where the set-up can't work."""

    settings: Settings

    def developing(self) -> Operations:
        """The same installation with ``development`` on. Refused where ``public_url`` isn't on loopback."""
        ...

    async def migrate(self) -> None:
        """Bring the schema up to date, and make the master key and the tenant of administrators where they are missing."""
        ...

    def running(self) -> AbstractAsyncContextManager[Host]:
        """The core's services, for the while."""
        ...

    async def apply(self, document: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        """Make a tenant what its document says. ``environ`` resolves ``{ env = ... }``."""
        ...

    async def invite(self, email: str, lifetime: timedelta) -> str:
        """A link with which an administrator, made if missing, chooses how to sign in. Works once."""
        ...

    async def serve(self, beside: Sequence[Program] = (), *, bound: Callable[[], None] = lambda: None) -> int:
        """Serve until asked to end, with these programs beside; the exit code. ``bound`` is called when the address is ours."""
        ...
