"""The tenant, its plugins and its keys."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import xenia.api as core
from xenia.api import Answer, Input


class Tenant(Answer, frozen=True, kw_only=True):
    """The tenant whose API this is."""

    id: str
    title: str
    issuer: str
    locale: str
    plugins: tuple[str, ...]


class Plugin(Answer, frozen=True, kw_only=True):
    """A plugin that is installed. `settings` is the JSON Schema of its settings; `null` = it has none."""

    name: str
    title: str
    summary: str
    enabled: bool
    always_on: bool
    requires: tuple[str, ...]
    conflicts: tuple[str, ...]
    settings: dict[str, Any] | None


class PluginList(Answer, frozen=True, kw_only=True):
    """The installed plugins."""

    items: tuple[Plugin, ...]


class Enablement(Input, frozen=True, kw_only=True):
    """Whether a plugin shall be on."""

    enabled: bool


class Impact(Answer, frozen=True, kw_only=True):
    """Whom it affects when a plugin is switched off: how many people have credentials of it, and which plugins need it."""

    users: int
    needed_by: tuple[str, ...]


class PluginSettings(Answer, frozen=True, kw_only=True):
    """A plugin's settings; a secret that is set reads `***`, one that isn't `null`."""

    values: dict[str, Any]


class NewPluginSettings(Input, frozen=True, kw_only=True):
    """All settings of a plugin; what isn't named gets its default. A secret that is `***`, `null`, empty or missing stays as it is."""

    values: dict[str, Any]


class Algorithm(StrEnum):
    """How a key signs (RFC 7518, RFC 8037)."""

    ES256 = "ES256"
    RS256 = "RS256"
    PS256 = "PS256"
    EDDSA = "EdDSA"


class Key(Answer, frozen=True, kw_only=True):
    """A signing key, as its public part."""

    kid: str
    alg: str
    use: str
    state: core.KeyState
    created_at: datetime
    jwk: dict[str, Any]


class KeyList(Answer, frozen=True, kw_only=True):
    """The signing keys that are not destroyed."""

    items: tuple[Key, ...]


class Rotation(Input, frozen=True, kw_only=True):
    """Which keys move on. In an `emergency` the old key is refused everywhere within a minute."""

    alg: Algorithm
    emergency: bool = False
