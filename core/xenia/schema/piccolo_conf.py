"""Piccolo's configuration: the engine of the migration that is running, and of no other moment."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

engine: ContextVar[Any] = ContextVar("xenia_migration_engine", default=None)


def __getattr__(name: str) -> Any:
    """Piccolo asks this module for ``DB`` whenever it needs a connection."""
    if name == "DB":
        return engine.get()
    raise AttributeError(name)
