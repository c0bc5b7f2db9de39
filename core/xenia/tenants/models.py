"""Tenants: a brand, a banner or an environment with its own users, keys, settings and hosts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

_MONTH = 30 * 86400
_YEAR = 365 * 86400


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
    everything the tenant serves, without a trailing slash. ``plugins`` is closed over what they require. ``roles`` are
    names with the permissions they hold, ``attributes`` what its users have beyond the standard claims.
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

    sign_up: Annotated[SignUpMode, Meta(description="Who may register.")] = SignUpMode.OPEN
    required_acr: Annotated[str, Meta(description="What every sign-in must reach: `aal1`, `aal2` or `aal3`.")] = "aal1"
    aal2_roles: Annotated[
        tuple[str, ...], Meta(description="Roles whose people must show two factors; one each line.")
    ] = ()
    aal3_roles: Annotated[
        tuple[str, ...], Meta(description="Roles whose people must show a key of one device beside; one each line.")
    ] = ()
    verified_email: Annotated[bool, Meta(description="Whether an address is verified before there is an account.")] = (
        True
    )
    attempts: Annotated[
        int, Meta(ge=1, le=1000, description="Wrong answers per account within the window, on all factors together.")
    ] = 5
    attempts_window_seconds: Annotated[
        int, Meta(ge=1, le=_MONTH, description="The window in which wrong answers are counted.")
    ] = 900
    journey_minutes: Annotated[int, Meta(ge=1, le=1440, description="How long a sign-in that was begun may take.")] = 30


class SessionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long a session lives, section ``[sessions]``. Seconds."""

    idle_seconds: Annotated[
        int, Meta(ge=1, le=_YEAR, description="A session that nobody used for so long is over.")
    ] = 12 * 3600
    absolute_seconds: Annotated[
        int, Meta(ge=1, le=_YEAR, description="A session is over after so long, used or not.")
    ] = 7 * 86400
