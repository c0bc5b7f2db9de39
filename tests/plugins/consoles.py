"""What tests of a plugin's console pages have in common: administrators in ``system``, and a tenant ``acme`` that has the plugin on."""

from __future__ import annotations

from typing import Any

import xenia_admin
import xenia_oidc
import xenia_password
import xenia_web
from tests.plugins.admin.conftest import NearDialer
from xenia.context import Context
from xenia.plugin.manifest import Plugin, plugin_of
from xenia.tenants.models import NewTenant
from xenia.testing.app import App, MakeApp

CONSOLE = tuple(map(plugin_of, (xenia_admin, xenia_oidc, xenia_password, xenia_web)))


async def with_console(make_app: MakeApp, *plugins: Plugin, **settings: Any) -> App:
    """The application. ``plugins`` are on for ``acme`` alone, beside what the console needs; ``globex`` has only that."""
    made = await make_app([*CONSOLE, *plugins], **settings)
    console = frozenset(plugin.name for plugin in CONSOLE)
    own = console.union(plugin.name for plugin in plugins)
    for tenant, names in (("system", console), ("acme", own), ("globex", console)):
        await made.kernel.tenants.create(Context(tenant="system"), NewTenant(id=tenant, title=tenant, plugins=names))
    made.kernel.dialer = NearDialer(made.front)  # type: ignore[assignment]
    return made
