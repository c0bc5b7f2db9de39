"""``xenia admins …``"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cyclopts import App

from xenia.commands.frame import with_installation
from xenia.commands.output import say

if TYPE_CHECKING:
    from xenia.serving.installation import Installation

LIFETIME = timedelta(hours=1)
app = App(name="admins", help="Administrators: people of the tenant `system`.")


@app.command
def invite(email: str) -> int:
    """Make somebody an administrator, and print a link with which they choose a password. Works once, within an hour."""

    async def work(installation: Installation) -> None:
        say(await installation.invite(email, LIFETIME))

    return with_installation(work)
