"""Which one it is."""

from __future__ import annotations

from xenia.settings import Settings
from xenia.shared.contracts import Shared
from xenia.shared.local import LocalShared


def shared_of(settings: Settings) -> Shared:
    """On Valkey where its address is set, else in the process. The library is imported only where it is needed."""
    if not settings.valkey_url:
        return LocalShared()
    from xenia.shared.valkey import ValkeyShared

    return ValkeyShared(settings.valkey_url.reveal())
