"""``xenia admins …``"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cyclopts import App

from xenia.commands.frame import with_kernel
from xenia.commands.output import say

if TYPE_CHECKING:
    from xenia.app import Kernel

LIFETIME = timedelta(hours=1)
app = App(name="admins", help="Administrators: people of the tenant `system`.")


@app.command
def invite(email: str) -> int:
    """Make somebody an administrator, and print a link with which they choose a password. Works once, within an hour."""

    async def work(kernel: Kernel) -> None:
        from xenia.serving.first_start import invite as link

        say(await link(kernel, email, LIFETIME))

    return with_kernel(work)
