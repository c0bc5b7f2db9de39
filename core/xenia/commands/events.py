"""``xenia events …``"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cyclopts import App

from xenia.commands.frame import with_kernel
from xenia.commands.output import say, show

if TYPE_CHECKING:
    from xenia.app import Kernel

app = App(name="events", help="Reactions to events that failed for good.")


@app.command
def parked(tenant: str = "", *, subscriber: str = "", json: bool = False) -> int:
    """What a subscriber could not take, and was put aside so that later events go on."""

    async def work(kernel: Kernel) -> None:
        from xenia.events import tables

        rows = await tables.parked(kernel.database, tenant, subscriber)
        show([{**row, "parked_at": row["parked_at"].isoformat()} for row in rows], as_json=json)

    return with_kernel(work)


@app.command
def retry(tenant: str = "", *, subscriber: str = "") -> int:
    """Offer what was put aside again. Exits 1 where something failed again."""

    async def work(kernel: Kernel) -> int:
        taken, failed = await kernel.background.dispatcher.retry(tenant, subscriber)
        say(f"{taken} taken, {failed} failed again")
        return 1 if failed else 0

    return with_kernel(work)
