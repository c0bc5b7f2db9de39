"""``xenia serve``, ``xenia worker``, ``xenia migrate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.commands.frame import with_installation
from xenia.commands.output import say

if TYPE_CHECKING:
    from xenia.serving.installation import Installation


def serve(*, listen: str | None = None, workers: int | None = None) -> int:
    """Serve. Never migrates: a database that is behind is refused.

    Parameters
    ----------
    listen
        Host and port, instead of the setting.
    workers
        How many processes, instead of the setting.
    """
    return with_installation(_serve, listen=listen, workers=workers)


async def _serve(installation: Installation) -> int:
    return await installation.serve()


def worker() -> int:
    """Do the work in the background (mail, events, jobs) and serve nothing."""
    return with_installation(_work)


async def _work(installation: Installation) -> int:
    from xenia.serving.serve import work

    await installation.check_version()
    return await work(installation)


def migrate() -> int:
    """Bring the database up to date. Makes the master key where the database is empty."""
    return with_installation(_migrate)


async def _migrate(installation: Installation) -> None:
    await installation.migrate()
    say("The database is up to date.")
