"""What is installed, what is on, and how it is set."""

from __future__ import annotations

import msgspec

from xenia.api import Call, Conflict, Manifest, NotFound, Noun, settings_schema, text
from xenia_api import schemas as wire
from xenia_api.masking import given_settings, shown_settings

plugins = Noun("plugins", "which plugins are on, and their settings")


@plugins.get("/plugins")
async def list_plugins(call: Call) -> wire.PluginList:
    """List the installed plugins, each after what it requires."""
    await call.sees_all()
    return wire.PluginList(items=tuple(_shown(call, one, call.tenant.plugins) for one in call.host.plugins))


@plugins.get("/plugins/{name}")
async def get_plugin(call: Call, name: str) -> wire.Plugin:
    """Get one plugin."""
    return _shown(call, await _plugin(call, name), call.tenant.plugins)


@plugins.get("/plugins/{name}/impact")
async def get_plugin_impact(call: Call, name: str) -> wire.Impact:
    """Tell whom it affects when this plugin is switched off. Ask before you switch."""
    plugin = await _plugin(call, name)
    users = await call.host.credentials.count_users(call.context, plugin.name)
    return wire.Impact(users=users, needed_by=_needed_by(call, plugin))


@plugins.put("/plugins/{name}/enablement", 409)
async def set_plugin_enablement(call: Call, name: str, body: wire.Enablement) -> wire.Plugin:
    """Switch a plugin on (with what it requires) or off. Data is never deleted. What others need, or this API runs on, stays on."""
    plugin = await _plugin(call, name)
    if not body.enabled:
        _refuse_needed(call, plugin)
    switch = call.host.tenants.switch_on if body.enabled else call.host.tenants.switch_off
    tenant = await switch(call.context, call.tenant.id, name)
    return _shown(call, plugin, tenant.plugins)


@plugins.get("/plugins/{name}/settings")
async def get_plugin_settings(call: Call, name: str) -> wire.PluginSettings:
    """Get a plugin's settings, secrets masked."""
    return wire.PluginSettings(values=await _values(call, _settings(await _plugin(call, name))))


@plugins.put("/plugins/{name}/settings")
async def replace_plugin_settings(call: Call, name: str, body: wire.NewPluginSettings) -> wire.PluginSettings:
    """Replace a plugin's settings."""
    kind = _settings(await _plugin(call, name))
    await call.host.config.put(call.context, kind, given_settings(kind, body.values))
    return wire.PluginSettings(values=await _values(call, kind))


async def _plugin(call: Call, name: str) -> Manifest:
    await call.may("plugin", name)
    found = next((one for one in call.host.plugins if one.name == name), None)
    if found is None:
        raise NotFound("no such plugin")
    return found


def _settings(plugin: Manifest) -> type[msgspec.Struct]:
    if plugin.settings is None:
        raise NotFound("the plugin has no settings")
    return plugin.settings


async def _values(call: Call, kind: type[msgspec.Struct]) -> dict[str, object]:
    return shown_settings(await call.host.config.get(call.context, kind))


def _needed_by(call: Call, plugin: Manifest) -> tuple[str, ...]:
    """The plugins that are on here and require this one."""
    return tuple(one.name for one in call.host.plugins if plugin.name in one.requires and call.tenant.has(one.name))


def _refuse_needed(call: Call, plugin: Manifest) -> None:
    if needing := _needed_by(call, plugin):
        raise Conflict("needed by others", public=text("api.needed", others=", ".join(needing)))
    if plugin.always_on or plugin.name == "api":
        raise Conflict("it can't be switched off here", public=text("api.stays_on"))


def _shown(call: Call, plugin: Manifest, on: frozenset[str]) -> wire.Plugin:
    say, locale = call.host.catalogue.say, call.context.locale
    return wire.Plugin(
        name=plugin.name,
        title=say(plugin.title, locale),
        summary=say(plugin.summary, locale),
        enabled=plugin.name in on,
        always_on=plugin.always_on,
        requires=plugin.requires,
        conflicts=plugin.conflicts,
        settings=settings_schema(plugin.settings) if plugin.settings else None,
    )
