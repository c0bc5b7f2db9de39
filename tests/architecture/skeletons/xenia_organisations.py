"""Organisations: a setting for each, lists narrowed to its people, and the organisation in the session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from xenia.api import Context, Decision, Host, Manifest, ScopeSet, Session, hookimpl, literal


class OrganisationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an organisation may set for itself; asked with its context."""

    idle_seconds: int = 3600


manifest = Manifest(
    name="organisations",
    title=literal("Organisations"),
    summary=literal("Business customers."),
    settings=OrganisationSettings,
)


async def organisation_of(host: Host, context: Context, user_id: UUID) -> str:
    """Where a person belongs (here an attribute)."""
    user = await host.users.get(context, user_id)
    return str(user.attributes.get("organisation", "")) if user else ""


@hookimpl
async def visible_to(host: Host, context: Context, permission: str) -> ScopeSet | None:
    if permission != "xenia:users:read" or context.actor.tenant != context.tenant:
        return None
    return ScopeSet(users=frozenset({UUID(context.actor.id)}))


@hookimpl
async def authorize_action(context: Context) -> Decision | None:
    return None


@hookimpl
async def shape_session(host: Host, context: Context, session: Session) -> Mapping[str, Any] | None:
    name = await organisation_of(host, context, session.user_id)
    if not name:
        return None
    settings = await host.config.get(msgspec.structs.replace(context, organisation=name), OrganisationSettings)
    return {"idle_seconds": settings.idle_seconds, "fields": {"organisation": name}}
