"""The servers that Xenia stands on: those named in the settings, else embedded ones for as long as they are used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from xenia.settings import Settings


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """The address of the database; where none is set, the embedded PostgreSQL runs for the while. Blocks for a moment.

    Raises ``SetupError`` with one line where the embedded server can't run here.
    """
    if settings.database_url:
        yield settings.database_url.reveal()
        return
    from xenia.embedded.postgres import EmbeddedPostgres

    with EmbeddedPostgres(settings.data_dir) as server:
        yield server.address
