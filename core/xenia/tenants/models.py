"""Tenants: a brand, a banner or an environment with its own users, keys, settings and hosts."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class TenantStatus(StrEnum):
    """Whether a tenant is served."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class HostPurpose(StrEnum):
    """What a host name of a tenant is for."""

    ISSUER = "issuer"
    CONSOLE = "console"


class AttributeKind(StrEnum):
    """What an attribute of users holds."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    LIST = "list"


class Attribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An attribute that a tenant adds to the standard claims: section ``[attributes.<name>]`` of the tenant document.

    ``required`` means that it can't be taken away again; journeys ask for it. ``max_length`` bounds a text and each
    entry of a list.
    """

    type: AttributeKind = AttributeKind.STRING
    title: str = ""
    required: bool = False
    max_length: int = 500


class Tenant(msgspec.Struct, frozen=True):
    """One tenant as every request sees it: immutable, cached, replaced when its version changes.

    ``id`` is a short name (``[a-z][a-z0-9-]{0,31}``) that never changes. ``issuer`` is the immutable base address of
    everything the tenant
    serves, without a trailing slash. ``plugins`` is closed over what they require. ``roles`` are names with the
    permissions they hold,
    ``attributes`` what its users have beyond the standard claims.
    """

    id: str
    title: str
    issuer: str
    hosts: tuple[str, ...] = ()
    plugins: frozenset[str] = frozenset()
    status: TenantStatus = TenantStatus.ACTIVE
    locale: str = "en"
    version: int = 1
    roles: dict[str, tuple[str, ...]] = {}
    attributes: dict[str, Attribute] = {}

    def has(self, plugin: str) -> bool:
        """Whether ``plugin`` is switched on here."""
        return plugin in self.plugins


class NewTenant(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant to be created. Where ``issuer`` is empty it follows from the first host, else from the public address
    of the process.
    """

    id: str
    title: str
    issuer: str = ""
    hosts: tuple[str, ...] = ()
    plugins: frozenset[str] = frozenset()
    locale: str = "en"
    roles: dict[str, tuple[str, ...]] = {}
    attributes: dict[str, Attribute] = {}


class SignUpMode(StrEnum):
    """Who may register."""

    OPEN = "open"
    INVITED = "invited"
    CLOSED = "closed"


class SignInSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a journey of this tenant must reach: the core's own settings, section ``[sign_in]`` of the tenant
    document.
    """

    sign_up: SignUpMode = SignUpMode.OPEN
    required_acr: str = "aal1"
    verified_email: bool = True
    attempts: int = 5
    attempts_window_seconds: int = 900
    journey_minutes: int = 30


class SessionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long a session lives, section ``[sessions]``. Seconds."""

    idle_seconds: int = 12 * 3600
    absolute_seconds: int = 7 * 86400
