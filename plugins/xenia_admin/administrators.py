"""Administrators: people of the tenant ``system`` whose roles allow something, and the gate that knows them by their browser.

The role ``admin`` allows everything in every tenant, ``admin:demo`` in that one; ``support:demo`` allows there what the role ``support`` of the
tenant ``system`` does.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar.connection import Request
from litestar.response import Response

from xenia.api import (
    SYSTEM_TENANT,
    Context,
    Host,
    NotFound,
    Redirect,
    Session,
    Tenant,
    User,
    UserStatus,
    console_root,
    context_of,
    state_of,
    tenant_of,
    user_actor,
)
from xenia_admin.cookies import Connection, Cookie, give, given
from xenia_admin.frame import menu_of, put_frame
from xenia_admin.openid import Attempt
from xenia_admin.registration import own_client
from xenia_admin.sessions import SYSTEM, ConsoleBrowsers, digest

EVERYTHING = "admin"
ATTEMPT_KIND = "adm"
ATTEMPT_TIME = timedelta(minutes=30)


def origin_of(address: str) -> str:
    """Scheme and host of an address."""
    return "/".join(address.split("/", 3)[:3])


class Administrator(msgspec.Struct, frozen=True):
    """Who is at the desk. ``reach`` maps a tenant (``""`` = every one) to the permissions that their roles hold there."""

    user: User
    session: Session
    reach: dict[str, frozenset[str]]

    def held(self, tenant: str) -> frozenset[str]:
        """What their roles allow in a tenant. For menus and choices; every action is decided by the host's own access."""
        return self.reach.get("", frozenset()) | self.reach.get(tenant, frozenset())

    def reaches(self, tenant: str) -> bool:
        """Whether they were given this tenant."""
        return bool(self.held(tenant))

    @property
    def is_chief(self) -> bool:
        """Whether they may everything everywhere, and so change what other administrators stand on."""
        return EVERYTHING in self.user.roles


class Gate:
    """Knows administrators by the console's cookie. Implements ``ConsoleSessions``."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.browsers = ConsoleBrowsers(host)

    async def administrator(self, request: Connection) -> Context | None:
        """Who is signed in, acting in the tenant that the path names. Raises ``NotFound`` for one that they weren't given."""
        if tenant_of(request).id != SYSTEM_TENANT:
            raise NotFound("the console is served by the tenant of administrators")
        found = await self.signed_in(request)
        if found is None:
            return None
        managed = await self._managed(request, found)
        state = state_of(request)
        state["administrator"], state["managed"] = found, managed
        actor = user_actor(SYSTEM_TENANT, found.user.id)
        context = msgspec.structs.replace(context_of(request), tenant=managed.id, actor=actor)
        menu = menu_of(self._host, managed, context, found.held(managed.id))
        state["form_action"] = self._sign_out_leads_to(request)
        put_frame(state, managed, found.user, found.session, menu)
        return context

    async def sign_in(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Send the browser to the provider, and back to this page afterwards."""
        path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
        if elsewhere := self._elsewhere(request):
            return Redirect(f"{elsewhere}{path}?{query}" if query else f"{elsewhere}{path}")
        browser = given(request, Cookie.ATTEMPT) or secrets.token_urlsafe(32)
        give(request, Cookie.ATTEMPT, browser)
        attempt = Attempt.begun(f"{path}?{query}" if query else path, digest(browser))
        client = await own_client(self._host, tenant_of(request))
        # Sealed, since the verifier must not be read where a code may be read too.
        sealed = await self._host.sealing.seal(SYSTEM, ATTEMPT_KIND, "", msgspec.json.encode(attempt))
        state = await self._host.one_time.issue(SYSTEM_TENANT, ATTEMPT_KIND, sealed, ATTEMPT_TIME)
        return Redirect(await client.authorization(attempt, state))

    def _sign_out_leads_to(self, request: Connection) -> tuple[str, ...]:
        """The provider's origin, where it is not the console's own."""
        system = tenant_of(request)
        provider = origin_of(system.issuer)
        return () if provider == origin_of(console_root(self._host.settings, system)) else (provider,)

    def _elsewhere(self, request: Connection) -> str:
        """Where the console stands, if not at the host that was asked: it is signed in to at its own address alone."""
        root = console_root(self._host.settings, tenant_of(request))
        return root if urlsplit(root).hostname != urlsplit(f"//{request.headers.get('host', '')}").hostname else ""

    async def signed_in(self, request: Connection) -> Administrator | None:
        """The console's session, the session that it stands on, and an active person with an administrator's role; else ``None``."""
        console = await self.browsers.seen(given(request, Cookie.SESSION))
        if console is None:
            return None
        session = await self._host.sessions.get(SYSTEM, console.session_id)
        if session is None or session.user_id != console.user_id:
            return None
        return await self.known(session)

    async def known(self, session: Session) -> Administrator | None:
        """Whose session of the tenant ``system`` this is, if they administer anything."""
        user = await self._host.users.get(SYSTEM, session.user_id)
        if user is None or user.status is not UserStatus.ACTIVE:
            return None
        reach = await self._reach(user.roles)
        return Administrator(user, session, reach) if reach else None

    async def _managed(self, request: Connection, administrator: Administrator) -> Tenant:
        name = request.path_params.get("tenant", SYSTEM_TENANT)
        tenant = await self._host.tenants.get(name)
        if tenant is None or ("tenant" in request.path_params and not administrator.reaches(name)):
            raise NotFound("no such tenant for this administrator")
        return tenant

    async def _reach(self, roles: tuple[str, ...]) -> dict[str, frozenset[str]]:
        system = await self._host.tenants.get(SYSTEM_TENANT)
        named = system.roles if system else {}
        reach: dict[str, frozenset[str]] = {}
        for role in roles:
            name, _, where = role.partition(":")
            if allowed := self._every if name == EVERYTHING else frozenset(named.get(name, ())):
                reach[where] = reach.get(where, frozenset()) | allowed
        return reach

    @property
    def _every(self) -> frozenset[str]:
        return frozenset(permission.name for permission in self._host.access.permissions())
