"""What may be allowed with the core's own nouns. Whoever serves them (the API, the console) asks for these names and registers none of them."""

from __future__ import annotations

from xenia.access.models import Permission

PERMISSIONS: tuple[Permission, ...] = (
    Permission("xenia:users:read", "Read people, their identifiers and attributes."),
    Permission("xenia:users:write", "Change people, their identifiers and attributes."),
    Permission("xenia:roles:write", "Give people roles, no higher than one’s own."),
    Permission("xenia:credentials:read", "Read which ways to sign in people have."),
    Permission("xenia:credentials:write", "Remove ways to sign in."),
    Permission("xenia:sessions:read", "Read where people are signed in."),
    Permission("xenia:sessions:write", "Sign people out."),
    Permission("xenia:grants:read", "Read what applications were allowed."),
    Permission("xenia:applications:read", "Read applications."),
    Permission("xenia:applications:write", "Change applications and their secrets."),
    Permission("xenia:events:read", "Read the audit log."),
    Permission("xenia:plugins:read", "Read which plugins are on, and their settings."),
    Permission("xenia:plugins:write", "Switch plugins on and off, and change their settings."),
    Permission("xenia:tenant:read", "Read the tenant’s title, address and settings."),
    Permission("xenia:tenant:write", "Change the tenant’s settings."),
    Permission("xenia:keys:read", "Read the state of signing keys."),
    Permission("xenia:keys:write", "Rotate signing keys."),
)
