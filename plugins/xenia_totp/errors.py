"""What can be wrong with the set-up of this plugin."""

from __future__ import annotations

from xenia.api import SetupError


class MissingLibrary(SetupError):
    """The extra wasn't installed."""

    def __init__(self, library: str) -> None:
        super().__init__(f"the plugin totp needs {library}: install the extra with `pip install xenia[totp]`")
