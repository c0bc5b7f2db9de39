"""The settings of the core and of every plugin, for one tenant: validated, cached, their secrets sealed.

At rest a secret is ``{"$sealed": "<base64>"}`` in its place, sealed for exactly that place, so that it opens nowhere
else. Statements: ``get`` none while cached, else 1; ``put`` 4.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from xenia.cache import ConfigCache
from xenia.context import Context
from xenia.db import Database
from xenia.errors import Conflict, SetupError, Unavailable
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.forms import check, checked
from xenia.log import log
from xenia.messages import text
from xenia.settings_values import Secret
from xenia.tenants import events as types
from xenia.tenants import tables
from xenia.tenants.models import SessionSettings, SignInSettings
from xenia.tenants.secrets import kept

if TYPE_CHECKING:
    from xenia.plugin.host import Sealing

S = TypeVar("S", bound=msgspec.Struct)
Leaf = Callable[[str, Any], Awaitable[Any]]

CORE_KINDS: dict[type[msgspec.Struct], str] = {SignInSettings: "sign_in", SessionSettings: "sessions"}
_PURPOSE = "settings"
_SEALED = "$sealed"


class SettingsService:
    """Settings by their struct. ``kinds`` names each plugin's struct; the core's own are known already."""

    def __init__(
        self,
        database: Database,
        cache: ConfigCache,
        sealing: Sealing,
        events: Events,
        kinds: Mapping[type[msgspec.Struct], str],
    ) -> None:
        self._database = database
        self._cache = cache
        self._sealing = sealing
        self._events = events
        self.kinds: dict[type[msgspec.Struct], str] = {**CORE_KINDS, **kinds}

    async def get(self, context: Context, kind: type[S]) -> S:
        """The settings of the plugin whose manifest names ``kind``; its defaults where nothing is stored.

        Raises ``Unavailable`` where what is stored can't be used: a weaker default must not take its place.
        """
        name = self._name(kind)
        return await self._cache.get(context.tenant, f"settings:{name}", lambda: self._read(context, kind, name))

    async def put(
        self, context: Context, kind: type[S], value: S, *, managed_by: str = "console", instead_of: S | None = None
    ) -> None:
        """Store them: the event is written in the same transaction, every process follows within a second.

        A blank secret keeps the one that is stored; one whose destination changes must be given again. Raises ``Invalid`` by
        field, and ``Conflict`` where what is stored isn't ``instead_of`` any more.
        """
        name = self._name(kind)
        plain = _plain(value)
        checked(kind, plain)
        async with self._database.transaction():
            stored = await self._database.fetchval(tables.LOCK_SETTINGS, context.tenant, name)
            old = await self._opened(context, name, stored) if stored else {}
            if instead_of is not None and check(kind, _known(kind, old))[0] != instead_of:
                raise Conflict(f"the settings of {name} were changed meanwhile", public=text("settings.changed"))
            new = kept(plain, old)
            if new == old:
                return
            sealed = await _walk(new, "", self._seal(context, name))
            await self._database.execute(tables.PUT_SETTINGS, context.tenant, name, tables.as_json(sealed), managed_by)
            await self._told(context, name, sorted(field for field in new if new[field] != old.get(field)))

    async def changes(self, context: Context, value: msgspec.Struct) -> list[str]:
        """The fields that :meth:`put` would change."""
        old = kept(_plain(await self.get(context, type(value))), {})
        new = kept(_plain(value), old)
        return sorted(field for field in new if new[field] != old.get(field))

    async def reset(self, context: Context, name: str) -> bool:
        """Forget what is stored under a name, so that the defaults hold again. ``False`` where nothing was."""
        async with self._database.transaction():
            if not await self._database.changed(tables.REMOVE_SETTINGS, context.tenant, name):
                return False
            await self._told(context, name, [])
            return True

    async def stored(self, tenant: str) -> tuple[str, ...]:
        """The names under which something is stored."""
        return tuple(row["plugin"] for row in await self._database.fetch(tables.STORED_SETTINGS, tenant))

    async def _told(self, context: Context, name: str, fields: list[str]) -> None:
        await self._cache.bump(context.tenant, f"settings:{name}")
        event = NewEvent(type=types.SETTINGS_CHANGED, object=Object("settings", name), data={"fields": fields})
        await self._events.record(context, event)

    def _name(self, kind: type[msgspec.Struct]) -> str:
        try:
            return self.kinds[kind]
        except KeyError:
            raise SetupError(f"no plugin's manifest names {kind.__name__} as its settings") from None

    async def _read(self, context: Context, kind: type[S], name: str) -> S:
        stored = await self._database.fetchval(tables.GET_SETTINGS, context.tenant, name)
        data = await self._opened(context, name, stored) if stored else {}
        value, problems = check(kind, _known(kind, data))
        if value is None:
            log.error("settings_unusable", tenant=context.tenant, plugin=name, problem=", ".join(sorted(problems)))
            raise Unavailable(f"the settings of {name} can't be used: {', '.join(sorted(problems))}")
        return value

    # -- secrets at rest

    async def _opened(self, context: Context, name: str, stored: str) -> dict[str, Any]:
        async def open_(path: str, leaf: Any) -> Any:
            if not _is_sealed(leaf):
                return leaf
            sealed = base64.b64decode(leaf[_SEALED])
            return Secret((await self._sealing.open(context, _PURPOSE, f"{name}/{path}", sealed)).decode())

        return cast("dict[str, Any]", await _walk(msgspec.json.decode(stored), "", open_))

    def _seal(self, context: Context, name: str) -> Leaf:
        async def seal(path: str, leaf: Any) -> Any:
            if not isinstance(leaf, Secret):
                return leaf
            if not leaf:
                return ""
            sealed = await self._sealing.seal(context, _PURPOSE, f"{name}/{path}", leaf.reveal().encode())
            return {_SEALED: base64.b64encode(sealed).decode()}

        return seal


def _known(kind: type[msgspec.Struct], stored: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored, without fields of another version."""
    return {field: value for field, value in stored.items() if field in kind.__struct_encode_fields__}


def _plain(value: msgspec.Struct) -> dict[str, Any]:
    """The struct as plain values, its secrets left as they are."""
    return cast("dict[str, Any]", msgspec.to_builtins(value, builtin_types=(Secret,)))


async def _walk(value: Any, path: str, leaf: Leaf) -> Any:
    """The same tree with every leaf changed; a sealed secret is a leaf."""
    if isinstance(value, dict) and not _is_sealed(value):
        return {name: await _walk(inner, f"{path}.{name}", leaf) for name, inner in value.items()}
    if isinstance(value, list):
        return [await _walk(inner, f"{path}[{at}]", leaf) for at, inner in enumerate(value)]
    return await leaf(path, value)


def _is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {_SEALED} and isinstance(value[_SEALED], str)


if TYPE_CHECKING:
    from xenia.tenants.contracts import SettingsStore

    _settings: type[SettingsStore] = SettingsService
