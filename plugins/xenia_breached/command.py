"""``xenia breached build``: makes the file in which leaked passwords are looked up."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from xenia.api import Command, Operations
from xenia_breached.build import Build
from xenia_breached.errors import BuildRefused
from xenia_breached.file import LONGEST, SHORTEST, HashFile
from xenia_breached.progress import Progress

NAME = "breached-passwords.bin"


def place(data_dir: Path) -> Path:
    """Where the file stands: in the installation's own folder, since no tenant may name a file."""
    return data_dir / NAME


async def build(operations: Operations, source: Path, *, width: int = 8, least: int = 1) -> int:
    """Build the file of leaked passwords. A build that was broken off goes on where it was; servers take the new file at once.

    Parameters
    ----------
    source
        The published list: lines of `hash:count` (SHA-1), sorted by hash, unpacked.
    width
        How many bytes of each hash are kept, 5 to 20. More takes more room and errs less.
    least
        Leave out passwords that were seen less often.
    """
    if not SHORTEST <= width <= LONGEST or least < 1:
        raise BuildRefused(f"width is {SHORTEST} to {LONGEST}, least is 1 or more")
    target = place(operations.settings.data_dir)
    progress = Progress(sys.stderr, time.monotonic)
    for done in Build(source, target, width=width, least=least).steps():
        progress.show(done)
        await asyncio.sleep(0)  # so that Ctrl-C is heard
    progress.end()
    sys.stdout.write(f"{target}: {HashFile(target).head.count:,} hashes of {width} bytes\n")
    return 0


COMMAND = Command(name="build", run=build)
