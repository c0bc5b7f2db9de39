"""What the provider's parts share: the host, its clients, and the grants that plugins contribute."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import msgspec

from xenia.api import Context, Host, Shield, log
from xenia_oidc.client import Client, client_of
from xenia_oidc.key_sets import KeySets
from xenia_oidc.settings import OidcSettings

if TYPE_CHECKING:
    from xenia_oidc.token.grants import TokenGrant

_REMEMBERED = 10_000
FAILURES_A_SECOND = 1.0
FAILURES_AT_ONCE = 300
"""What one source may get wrong when applications prove who they are: each wrong secret may cost a slow hash."""


class Provider:
    """One for each host; made by :func:`provider_of`."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.key_sets = KeySets(host)
        self.failures = Shield(FAILURES_A_SECOND, FAILURES_AT_ONCE, clock=host.clock)
        self._clients: OrderedDict[tuple[str, str], Client] = OrderedDict()
        self._grants: dict[str, tuple[str, TokenGrant]] | None = None

    async def settings(self, context: Context) -> OidcSettings:
        """The tenant's settings."""
        return await self.host.config.get(context, OidcSettings)

    async def client(self, context: Context, client_id: str) -> Client | None:
        """The client, from caches alone; ``None`` for an unknown application, one that is off, or one of other
        protocols.
        """
        application = await self.host.applications.get(context, client_id)
        if application is None or not application.enabled:
            return None
        place = (context.tenant, client_id)
        known = self._clients.get(place)
        if known is None or known.application is not application:
            try:
                known = client_of(application)
            except msgspec.ValidationError as problem:
                log.error("client_unreadable", tenant=context.tenant, application=client_id, problem=str(problem))
                return None
            if known is not None:
                self._remember(place, known)
        return known

    def _remember(self, place: tuple[str, str], client: Client) -> None:
        self._clients[place] = client
        if len(self._clients) > _REMEMBERED:
            self._clients.popitem(last=False)

    def grants(self, plugins: frozenset[str]) -> dict[str, TokenGrant]:
        """The grant types of a tenant, by ``grant_type``: those whose plugin is on."""
        return {name: grant for name, (plugin, grant) in self._contributed().items() if plugin in plugins}

    def grant_types(self) -> frozenset[str]:
        """Every grant type that an installed plugin brings."""
        return frozenset(self._contributed())

    def _contributed(self) -> dict[str, tuple[str, TokenGrant]]:
        """Asked once, when all plugins are there."""
        if self._grants is None:
            self._grants = {
                grant.name: (plugin, grant)
                for plugin, given in self.host.hooks.contributions("register_grants", host=self.host)
                for grant in given
            }
        return self._grants


_latest: list[Provider] = []


def provider_of(host: Host) -> Provider:
    """The host's provider, so that every hook of the plugin speaks of the same one. A process has one host."""
    if not _latest or _latest[0].host is not host:
        _latest[:] = [Provider(host)]
    return _latest[0]
