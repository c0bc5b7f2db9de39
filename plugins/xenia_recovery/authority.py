"""Nobody hurries the way into an account that holds more than they do."""

from __future__ import annotations

from uuid import UUID

import msgspec

from xenia.api import SYSTEM_TENANT, Context, Forbidden, Host, User, text

EVERYTHING = "admin"


async def nothing_higher(host: Host, context: Context, user: User) -> None:
    """Raise ``Forbidden`` where the person's roles allow what the context's actor may not; for administrators, unless the
    actor may everything everywhere.
    """
    if context.tenant == SYSTEM_TENANT:
        await _is_chief(host, context)
        return
    tenant = await host.tenants.get(context.tenant)
    held = {one for role in user.roles for one in (tenant.roles.get(role, ()) if tenant else ())}
    for permission in sorted(held):
        if not await host.access.allows(context, permission):
            raise Forbidden(f"the administrator lacks {permission}", public=text("recovery.console.higher"))


async def _is_chief(host: Host, context: Context) -> None:
    system = msgspec.structs.replace(context, tenant=SYSTEM_TENANT)
    actor = await host.users.get(system, UUID(context.actor.id)) if context.actor.tenant == SYSTEM_TENANT else None
    if actor is None or EVERYTHING not in actor.roles:
        raise Forbidden("only an administrator of everything", public=text("recovery.console.higher"))
