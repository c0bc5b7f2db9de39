"""Settings that can be used, and still are hardly meant so: told where they are made, refused nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import msgspec

from xenia.messages import Text


@runtime_checkable
class Doubtful(Protocol):
    """A struct of settings that looks at itself. A check that refuses would make unusable what is stored already; this warns."""

    def doubts(self) -> Sequence[Text]:
        """A sentence for each thing that is hardly meant so, and what follows from it."""
        ...


def doubts_of(value: msgspec.Struct) -> Sequence[Text]:
    """What settings warn of; nothing where they don't look at themselves."""
    return value.doubts() if isinstance(value, Doubtful) else ()
