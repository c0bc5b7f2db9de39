"""``xenia risk lists``: makes the file of addresses that attacks come from."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from xenia.api import Command, Operations, SetupError
from xenia_risk.reputation import build

FOLDER = "risk"
NAME = "listed.bin"


def folder(data_dir: Path) -> Path:
    """Where the operator's files stand: no tenant may name a file."""
    return data_dir / FOLDER


async def lists(operations: Operations, *sources: Path) -> int:
    """Build the file of listed addresses. Servers take the new file at once; without any source it is emptied.

    Parameters
    ----------
    sources
        Text files: an address or a network in each line, `#` begins a remark.
    """
    target = folder(operations.settings.data_dir) / NAME
    try:
        count = await asyncio.to_thread(build, sources, target)
    except (OSError, ValueError) as problem:
        raise SetupError(f"the lists can't be read: {problem}") from problem
    sys.stdout.write(f"{target}: {count:,} ranges\n")
    return 0


COMMAND = Command(name="lists", run=lists)
