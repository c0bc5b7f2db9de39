"""What can be wrong: with the set-up, and with what an authenticator answered."""

from __future__ import annotations

from xenia.api import SetupError


class MissingLibrary(SetupError):
    """The extra wasn't installed."""

    def __init__(self, library: str) -> None:
        super().__init__(f"the plugin passkeys needs {library}: install the extra with `pip install xenia[passkeys]`")


class NotAccepted(Exception):
    """An answer that proves nothing. ``reason`` is one word for the audit; the person reads the same sentence for all of them."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
