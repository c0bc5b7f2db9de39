"""Who asks: the relying party's id, its name and the origins that its pages may have."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from xenia.api import Context, Host
from xenia_passkeys.settings import PasskeysSettings


class RelyingParty(msgspec.Struct, frozen=True):
    """A tenant as authenticators see it. ``id`` is a domain; every passkey belongs to it for ever."""

    id: str
    name: str
    origins: tuple[str, ...]


async def relying_party(host: Host, context: Context) -> RelyingParty:
    """The context's tenant: its issuer's origin first, then those that are related to it (section 5.11)."""
    settings = await host.config.get(context, PasskeysSettings)
    issuer = urlsplit(await host.url(context, ""))
    tenant = await host.tenants.get(context.tenant)
    origins = (f"{issuer.scheme}://{issuer.netloc}", *settings.related_origins)
    title = tenant.title if tenant else context.tenant
    return RelyingParty(settings.rp_id or issuer.hostname or "", title, tuple(dict.fromkeys(origins)))
