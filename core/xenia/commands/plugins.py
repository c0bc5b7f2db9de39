"""``xenia plugins …`` and ``xenia plugin new``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from xenia.commands.frame import acting, known_tenant, with_kernel
from xenia.commands.output import say, show

if TYPE_CHECKING:
    from xenia.app import Kernel
    from xenia.plugin.manifest import Manifest
    from xenia.tenants.models import Tenant

app = App(name="plugins", help="The plugins that are installed, and where they are on.")
author = App(name="plugin", help="For authors of plugins.")


@app.command(name="list")
def list_(*, tenant: str = "", json: bool = False) -> int:
    """Every installed plugin; with a tenant, whether it is on there."""

    async def work(kernel: Kernel) -> None:
        found = await known_tenant(kernel, tenant) if tenant else None
        show([_row(kernel, manifest, found) for manifest in kernel.plugins], as_json=json)

    return with_kernel(work)


@app.command
def enable(plugin: str, *, tenant: str) -> int:
    """Switch a plugin on for a tenant, with what it requires. It works at once."""

    async def work(kernel: Kernel) -> None:
        before = await known_tenant(kernel, tenant)
        after = await kernel.tenants.switch_on(acting(tenant), tenant, plugin)
        say(f"{tenant}: on now: {', '.join(sorted(after.plugins - before.plugins)) or 'nothing new'}")

    return with_kernel(work)


@app.command
def disable(plugin: str, *, tenant: str) -> int:
    """Switch a plugin off for a tenant. Its data stay."""

    async def work(kernel: Kernel) -> None:
        before = await known_tenant(kernel, tenant)
        after = await kernel.tenants.switch_off(acting(tenant), tenant, plugin)
        say(f"{tenant}: off now: {', '.join(sorted(before.plugins - after.plugins)) or 'nothing new'}")

    return with_kernel(work)


@author.command
def new(name: str, *, folder: Path = Path("plugins")) -> int:
    """Begin a plugin: a package with a manifest, a hook, its words and a test that passes.

    Parameters
    ----------
    name
        Its name in small letters, such as loyalty.
    folder
        Where its package is put.
    """
    from xenia.commands.scaffold import begin

    return begin(name, folder)


def _row(kernel: Kernel, manifest: Manifest, tenant: Tenant | None) -> dict[str, Any]:
    row = {
        "name": manifest.name,
        "title": kernel.catalogue.say(manifest.title),
        "requires": list(manifest.requires),
        "default": "always" if manifest.always_on else "on" if manifest.default_on else "off",
    }
    return {**row, "here": "on" if tenant.has(manifest.name) else "off"} if tenant else row
