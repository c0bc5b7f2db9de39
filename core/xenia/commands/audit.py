"""``xenia audit …``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from xenia.commands.frame import known_tenant, with_kernel
from xenia.errors import SetupError

if TYPE_CHECKING:
    from xenia.app import Kernel

app = App(name="audit", help="The audit log of a tenant: proof that nothing in it was changed.")


@app.command
def verify(tenant: str = "", *, file: Path | None = None, checkpoint: str = "", key: tuple[str, ...] = ()) -> int:
    """Verify the log in the database, or an export without one. Names the first row that differs; exits 1.

    Parameters
    ----------
    file
        An export to verify instead of the database.
    checkpoint
        POSITION:HASH as an export said it; the log must pass through it.
    key
        The id of an audit key to believe; may be given several times. For exports.
    """
    if file is not None:
        return _verify_file(file, checkpoint, key)

    if not tenant:
        raise SetupError("say a tenant, or an export: --file FILE")

    async def work(kernel: Kernel) -> int:
        from xenia.events.commands import verify_database

        await known_tenant(kernel, tenant)
        return await verify_database(kernel.database, kernel.keys, tenant, checkpoint=checkpoint)

    return with_kernel(work)


def _verify_file(file: Path, checkpoint: str, keys: tuple[str, ...]) -> int:
    from xenia.events.commands import verify_export
    from xenia.serving.loops import run

    return run(verify_export(file, checkpoint=checkpoint, trusted=keys))


@app.command
def export(tenant: str, file: Path) -> int:
    """Write the log to a file of JSON lines, and say the checkpoint to keep elsewhere."""

    async def work(kernel: Kernel) -> int:
        from xenia.events.commands import export as write

        await known_tenant(kernel, tenant)
        return await write(kernel.database, kernel.keys, tenant, file)

    return with_kernel(work)
