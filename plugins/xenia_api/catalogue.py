"""Every operation of the API, by noun."""

from __future__ import annotations

from xenia.api import Noun, Operation, Permission
from xenia_api.applications import applications
from xenia_api.credentials import credentials
from xenia_api.events import events
from xenia_api.grants import grants
from xenia_api.keys import keys
from xenia_api.plugins import plugins
from xenia_api.sessions import sessions
from xenia_api.tenant import tenant
from xenia_api.users import ROLES, users

NOUNS: tuple[Noun, ...] = (users, credentials, sessions, grants, applications, events, plugins, tenant, keys)
OPERATIONS: tuple[Operation, ...] = tuple(operation for noun in NOUNS for operation in noun.operations)
PERMISSIONS: tuple[Permission, ...] = (
    *(permission for noun in NOUNS for permission in noun.permissions),
    Permission(ROLES, "Give people roles, no higher than one’s own."),
)
