"""One installation as commands see it: its settings, its database while a command runs, and everything that can be done with it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenia.errors import SetupError
from xenia.log import log
from xenia.serving.servers import open_database
from xenia.settings import Settings, find_settings_file, load_settings

if TYPE_CHECKING:
    from xenia.app import Kernel
    from xenia.plugin.manifest import Plugin
    from xenia.plugin.operations import Operations
    from xenia.plugin.programs import Program


class Installation:
    """Reads the settings at once. ``environ`` wins over the file; command line options come in as part of it."""

    def __init__(self, environ: Mapping[str, str] | None = None, address: str = "") -> None:
        self.environ = dict(os.environ if environ is None else environ)
        self.file = find_settings_file(self.environ, Path.cwd())
        self.settings: Settings = load_settings(self.file, self.environ)
        self.address = address
        log.configure(as_json=self.settings.log.form == "json", level=self.settings.log.level)

    def developing(self) -> Installation:
        """The same installation with ``development`` on."""
        return Installation({**self.environ, "XENIA_DEVELOPMENT": "true"}, self.address)

    @contextmanager
    def opened(self) -> Iterator[Installation]:
        """With a database: the one of the settings, else an embedded one for the while."""
        with open_database(self.settings) as address:
            self.address = address
            yield self

    def plugins(self) -> tuple[Plugin, ...]:
        """The plugins of the settings, in requirement order."""
        from xenia.plugin.manifest import discover

        return discover(self.settings.plugins)

    # -- doing things

    async def migrate(self) -> None:
        """Bring the schema up to date, and make the master key and the tenant of administrators where they are missing."""
        from xenia.serving.first_start import make_system_tenant, migrate_schema

        await self._key()  # first: a database with data and no key is left as it is
        await migrate_schema(self.address, self.plugins())
        async with self.running() as kernel:
            await make_system_tenant(kernel)

    async def kernel(self, *, live: bool = False) -> Kernel:
        """The core's services, not yet started. ``live`` = with the work in the background."""
        from xenia.app import Kernel
        from xenia.db import Database

        return Kernel(self.settings, self.plugins(), Database(self.address), await self._key(), live=live)

    async def _key(self) -> Any:
        from xenia.serving.keys import master_key

        return await master_key(self.settings, self.address)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Kernel]:
        """The core's services for the while, on a database that is up to date."""
        await self.check_version()
        async with (await self.kernel()).running() as kernel:
            yield kernel

    async def check_version(self) -> None:
        """Raises ``SetupError`` where the schema is behind, ``Unavailable`` where the database can't be asked."""
        from xenia.serving.standing import version_problem

        if problem := await version_problem(self.address, self.plugins()):
            raise SetupError(problem)

    async def apply(self, document: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        """Make a tenant what its document says."""
        from xenia.tenants.commands import apply_document

        async with self.running() as kernel:
            await apply_document(kernel, document, environ)

    async def invite(self, email: str, lifetime: timedelta) -> str:
        """A link with which an administrator, made if missing, chooses how to sign in."""
        from xenia.serving.first_start import invite

        async with self.running() as kernel:
            return await invite(kernel, email, lifetime)

    async def serve(self, beside: Sequence[Program] = (), *, bound: Callable[[], None] = lambda: None) -> int:
        """Serve until asked to end, with these programs beside; the exit code. ``bound`` is called when the address is ours."""
        from xenia.serving.serve import serve

        return await serve(self, beside, bound)


if TYPE_CHECKING:

    def _proof(installation: Installation) -> Operations:
        return installation
