"""What goes wrong with embedded servers."""

from __future__ import annotations

from xenia.errors import SetupError


class EmbeddedError(SetupError):
    """An embedded server can't run here. The one line says why and how to mend it."""

    code = "embedded"
