"""What can be wrong with what an authenticator answered."""

from __future__ import annotations


class NotAccepted(Exception):
    """An answer that proves nothing. ``reason`` is one word for the audit; the person reads the same sentence for all of them."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
