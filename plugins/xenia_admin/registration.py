"""The console's own application in the tenant ``system``: made when first needed, and followed when the address changes."""

from __future__ import annotations

from typing import Any

import msgspec

from xenia.api import SYSTEM_TENANT, Application, Conflict, Context, Host, Tenant, console_root, system_actor
from xenia_admin.openid import ALGORITHM, OpenIdClient

CLIENT_ID = "console"
MANAGED_BY = "console"
CALLBACK = "/console/callback"
SIGNED_OUT = "/console/signed-out"


async def own_client(host: Host, tenant: Tenant) -> OpenIdClient:
    """The console as a client of ``tenant``, which is ``system``; registered if it isn't."""
    await ensure_registered(host, tenant)
    return OpenIdClient(
        host.dialer.http_client,
        host.clock,
        issuer=tenant.issuer,
        client_id=CLIENT_ID,
        redirect_uri=console_root(host.settings, tenant) + CALLBACK,
    )


async def ensure_registered(host: Host, tenant: Tenant) -> None:
    """Idempotent, also where two processes begin at once. What else an administrator set on the application stays."""
    context = Context(tenant=SYSTEM_TENANT, actor=system_actor("console"))
    found = await host.applications.get(context, CLIENT_ID)
    wanted = _addresses(console_root(host.settings, tenant))
    if found and wanted.items() <= found.protocols.get("oidc", {}).items():
        return
    try:
        await host.applications.put(context, _application(found, wanted), expected=found.version if found else 0)
    except Conflict:
        return  # somebody else was first


def _application(found: Application | None, wanted: dict[str, Any]) -> Application:
    if found:
        oidc = {**found.protocols.get("oidc", {}), **wanted}
        return msgspec.structs.replace(found, protocols={**found.protocols, "oidc": oidc})
    oidc = {
        **wanted,
        "token_endpoint_auth_method": "none",
        "id_token_signed_response_alg": ALGORITHM,
        "scopes": ["openid"],
    }
    return Application(
        tenant=SYSTEM_TENANT,
        id=CLIENT_ID,
        title="Xenia console",
        home="",
        protocols={"oidc": oidc},
        managed_by=MANAGED_BY,
    )


def _addresses(root: str) -> dict[str, Any]:
    return {
        "redirect_uris": [root + CALLBACK],
        "post_logout_redirect_uris": [root + SIGNED_OUT],
    }
