"""``xenia plan``, ``xenia apply``, ``xenia export``: a tenant as a document."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenia.commands.frame import with_kernel
from xenia.commands.output import say, show

if TYPE_CHECKING:
    from xenia.app import Kernel


def plan(file: Path, *, prune: bool = False, json: bool = False) -> int:
    """Say what `xenia apply` would change. Changes nothing."""
    raise SystemExit(1)


def apply(file: Path, *, prune: bool = False) -> int:
    """Make a tenant what its document says. Doing it twice changes nothing."""
    raise SystemExit(1)


def export(tenant: str) -> int:
    """Write a tenant as a document, secrets as references."""
    raise SystemExit(1)
