"""``xenia plan``, ``xenia apply``, ``xenia export``: a tenant as a document."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from xenia.commands.frame import with_kernel
from xenia.commands.output import say

if TYPE_CHECKING:
    from xenia.app import Kernel


def plan(file: Path, *, prune: bool = False) -> int:
    """Say what `xenia apply` would change, and change nothing.

    Parameters
    ----------
    file
        The tenant's document, in TOML.
    prune
        As if what the file made before and no longer holds were removed.
    """

    async def work(kernel: Kernel) -> int:
        from xenia.tenants import commands

        return await commands.plan(kernel, file, os.environ, say, prune=prune)

    return with_kernel(work)


def apply(file: Path, *, prune: bool = False) -> int:
    """Make a tenant what its document says; made if missing. Doing it twice changes nothing.

    Parameters
    ----------
    file
        The tenant's document, in TOML.
    prune
        Remove what the file made before and no longer holds.
    """

    async def work(kernel: Kernel) -> int:
        from xenia.tenants import commands

        return await commands.apply(kernel, file, os.environ, say, prune=prune)

    return with_kernel(work)


def export(tenant: str) -> int:
    """Write a tenant as a document to standard output; secrets are written as references."""

    async def work(kernel: Kernel) -> int:
        from xenia.tenants import commands

        return await commands.export(kernel, tenant, say)

    return with_kernel(work)
