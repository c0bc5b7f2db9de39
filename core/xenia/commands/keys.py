"""``xenia keys …``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cyclopts import App

from xenia.commands.frame import acting, known_tenant, with_kernel
from xenia.commands.output import say, show

if TYPE_CHECKING:
    from xenia.app import Kernel
    from xenia.tokens.models import SigningKey

app = App(name="keys", help="The signing keys of a tenant.")


@app.command(name="list")
def list_(tenant: str, *, json: bool = False) -> int:
    """Every key that is not destroyed."""

    async def work(kernel: Kernel) -> None:
        await known_tenant(kernel, tenant)
        rows = [_row(key) for key in await kernel.keys.list(acting(tenant))]
        show(rows, as_json=json, nothing="no keys yet: they are made when first needed")

    return with_kernel(work)


@app.command
def rotate(tenant: str, *, alg: str = "ES256", emergency: bool = False) -> int:
    """The next key becomes the active one; the old one is still believed until its tokens have run out.

    Parameters
    ----------
    emergency
        The old key has leaked: it is refused everywhere within a minute, with everything that it signed.
    """

    async def work(kernel: Kernel) -> None:
        await known_tenant(kernel, tenant)
        key = await kernel.keys.rotate(acting(tenant), alg, emergency=emergency)
        say(f"{tenant} signs {key.alg} with {key.kid}")

    return with_kernel(work)


def _row(key: SigningKey) -> dict[str, Any]:
    return {
        "kid": key.kid,
        "alg": key.alg,
        "use": key.use,
        "state": key.state.value,
        "created": key.created_at.isoformat(timespec="seconds"),
    }
