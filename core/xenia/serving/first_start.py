"""What an installation needs once: its schema, the tenant where administrators live, and the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg

from xenia.access.names import ADMIN_ROLE
from xenia.context import SYSTEM_TENANT, Context, system_actor
from xenia.errors import SetupError, Unavailable
from xenia.migrate import migrate
from xenia.plugin.manifest import Plugin
from xenia.serving.standing import migration_apps
from xenia.tenants.models import NewTenant
from xenia.users.models import IdentifierKind, NewIdentifier, NewUser, User

if TYPE_CHECKING:
    from xenia.app import Kernel
    from xenia.plugin.host import Host


async def migrate_schema(address: str, plugins: Sequence[Plugin]) -> None:
    """Bring the schema up to date. Raises ``Unavailable`` where the database is away, ``SetupError`` where it refuses us."""
    try:
        await migrate(address, migration_apps(plugins))
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError) as problem:
        raise Unavailable(f"the database can't be reached: {problem}") from problem
    except (asyncpg.PostgresError, asyncpg.exceptions.ClientConfigurationError) as problem:
        raise SetupError(
            f"the database refuses us ({problem}): check database_url and the rights of its user"
        ) from problem


async def make_system_tenant(kernel: Kernel) -> None:
    """Make the tenant of administrators where it is missing, with the plugins that are on unless somebody says otherwise."""
    if await kernel.tenants.get(SYSTEM_TENANT) is None:
        plugins = frozenset(manifest.name for manifest in kernel.plugins if manifest.default_on)
        new = NewTenant(id=SYSTEM_TENANT, title="Xenia", plugins=plugins)
        await kernel.tenants.create(_context("migrate"), new)


async def invite(host: Host, email: str, lifetime: timedelta) -> str:
    """The address with which an administrator, made if missing, chooses how to sign in. Works once.

    Raises ``SetupError`` where no plugin of the system tenant offers a first way in.
    """
    context = _context("invite")
    if await host.tenants.get(SYSTEM_TENANT) is None:
        raise SetupError("there is no tenant `system` yet: run `xenia migrate`")
    user = await administrator(host, email)
    path = await host.hooks.invitation(context, user.id, lifetime)
    if path is None:
        raise SetupError(
            "nobody can be invited: install the plugin `password` and switch it on for the tenant `system`"
        )
    return await host.url(context, path)


async def administrator(host: Host, email: str) -> User:
    """The administrator with this address, made if missing."""
    context = _context("invite")
    user = await host.users.find(context, IdentifierKind.EMAIL, email)
    if user is None:
        # The operator hands the link over, so the address counts as theirs.
        identifier = NewIdentifier(kind=IdentifierKind.EMAIL, value=email, verified=True)
        return await host.users.create(context, NewUser(identifiers=(identifier,), roles=(ADMIN_ROLE,)))
    if ADMIN_ROLE not in user.roles:
        return await host.users.set_roles(context, user.id, (*user.roles, ADMIN_ROLE))
    return user


def _context(command: str) -> Context:
    return Context(tenant=SYSTEM_TENANT, actor=system_actor(command))
