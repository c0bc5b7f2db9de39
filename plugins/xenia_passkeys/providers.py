"""Who made an authenticator, by its AAGUID: a name for a label, never evidence."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path


def provider_of(aaguid: str) -> str:
    """The name of a make, or ``""`` where it is unknown or wasn't told."""
    return _names().get(aaguid, "")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return tomllib.loads((Path(__file__).parent / "providers.toml").read_text("utf-8"))
