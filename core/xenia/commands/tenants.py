"""``xenia tenants …``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cyclopts import App

from xenia.commands.frame import acting, known_tenant, with_kernel
from xenia.commands.output import say, show

if TYPE_CHECKING:
    from xenia.app import Kernel
    from xenia.tenants.models import Tenant

app = App(name="tenants", help="The tenants of this installation.")


@app.command(name="list")
def list_(*, json: bool = False) -> int:
    """Every tenant, by id."""

    async def work(kernel: Kernel) -> None:
        show([_row(tenant) for tenant in await kernel.tenants.all()], as_json=json)

    return with_kernel(work)


@app.command
def create(tenant: str, *, title: str = "", host: tuple[str, ...] = (), plugin: tuple[str, ...] = ()) -> int:
    """Create a tenant. Without plugins it has those that are on unless somebody says otherwise.

    Parameters
    ----------
    tenant
        Its id: a short name in small letters, which never changes.
    host
        A host name of its own, such as login.example.com; may be given several times.
    plugin
        A plugin to switch on; may be given several times.
    """

    async def work(kernel: Kernel) -> None:
        from xenia.tenants.models import NewTenant

        standard = (manifest.name for manifest in kernel.plugins if manifest.default_on)
        new = NewTenant(id=tenant, title=title or tenant, hosts=host, plugins=frozenset(plugin or standard))
        made = await kernel.tenants.create(acting(tenant), new)
        say(f"The tenant {made.id} is served at {made.issuer}")

    return with_kernel(work)


@app.command
def suspend(tenant: str) -> int:
    """Serve nothing of a tenant until it is resumed. Nothing is deleted."""

    async def work(kernel: Kernel) -> None:
        await known_tenant(kernel, tenant)
        await kernel.tenants.suspend(acting(tenant), tenant)
        say(f"The tenant {tenant} is suspended.")

    return with_kernel(work)


@app.command
def resume(tenant: str) -> int:
    """Serve a suspended tenant again."""

    async def work(kernel: Kernel) -> None:
        await known_tenant(kernel, tenant)
        await kernel.tenants.resume(acting(tenant), tenant)
        say(f"The tenant {tenant} is served again.")

    return with_kernel(work)


def _row(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": tenant.id,
        "title": tenant.title,
        "status": tenant.status.value,
        "issuer": tenant.issuer,
        "plugins": sorted(tenant.plugins),
    }
