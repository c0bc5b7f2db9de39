"""What goes over the wire. Each struct is an allow-list: what isn't named here is never read and never shown.

Answers are made by ``of``; inputs refuse unknown fields. Times are RFC 3339 in UTC.
"""

from __future__ import annotations

from xenia_api.schemas.applications import (
    Application,
    ApplicationContent,
    ApplicationList,
    ClientSecret,
    NewApplication,
)
from xenia_api.schemas.base import Problem
from xenia_api.schemas.events import Actor, Event, EventList, EventQuery, Object
from xenia_api.schemas.people import (
    Credential,
    CredentialList,
    Ended,
    Grant,
    GrantList,
    Identifier,
    IdentifierQuery,
    NewIdentifier,
    NewUser,
    Session,
    SessionList,
    User,
    UserChanges,
    UserList,
    UserQuery,
)
from xenia_api.schemas.system import (
    Algorithm,
    Enablement,
    Impact,
    Key,
    KeyList,
    NewPluginSettings,
    Plugin,
    PluginList,
    PluginSettings,
    Rotation,
    Tenant,
)

__all__ = [
    "Actor",
    "Algorithm",
    "Application",
    "ApplicationContent",
    "ApplicationList",
    "ClientSecret",
    "Credential",
    "CredentialList",
    "Enablement",
    "Ended",
    "Event",
    "EventList",
    "EventQuery",
    "Grant",
    "GrantList",
    "Identifier",
    "IdentifierQuery",
    "Impact",
    "Key",
    "KeyList",
    "NewApplication",
    "NewIdentifier",
    "NewPluginSettings",
    "NewUser",
    "Object",
    "Plugin",
    "PluginList",
    "PluginSettings",
    "Problem",
    "Rotation",
    "Session",
    "SessionList",
    "Tenant",
    "User",
    "UserChanges",
    "UserList",
    "UserQuery",
]
