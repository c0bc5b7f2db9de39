"""Claims about a person: which a scope or a request asks for, and their values (OpenID Connect Core sections 5.1, 5.4
and 5.5).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from xenia.api import Context, Identifier, IdentifierKind, User, UserStatus, log
from xenia_oidc.client import Client
from xenia_oidc.provider import Provider

SCOPE_CLAIMS: dict[str, tuple[str, ...]] = {
    "profile": (
        "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
        "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
    ),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
}  # fmt: skip
SCOPE_OF = {claim: scope for scope, claims in SCOPE_CLAIMS.items() for claim in claims}


def of_scope(scope: Iterable[str]) -> frozenset[str]:
    """The claims that a scope asks for."""
    return frozenset(claim for name in scope for claim in SCOPE_CLAIMS.get(name, ()))


def askable(names: Iterable[str], client: Client) -> frozenset[str]:
    """Of claims asked for one by one, those that the client could have otherwise too: by a scope, or by its
    registration.
    """
    return frozenset(
        name for name in names if SCOPE_OF.get(name) in client.settings.scopes or name in client.settings.claims
    )


def scopes_behind(names: Iterable[str]) -> frozenset[str]:
    """The scopes that single claims belong to: what a consent page names."""
    return frozenset(SCOPE_OF[name] for name in names if name in SCOPE_OF)


async def released(
    provider: Provider, context: Context, user_id: UUID, wanted: frozenset[str]
) -> dict[str, Any] | None:
    """The person's claims that may go to the context's application; ``None`` where nobody active is behind the id.

    Every plugin that implements ``approve_release`` may withhold some.
    """
    user = await provider.host.users.get(context, user_id)
    if user is None or user.status is not UserStatus.ACTIVE:
        return None
    known = {**await _contributed(provider, context, user, wanted), **values(user, wanted)}
    return await provider.host.hooks.approve_release(context, user, known) if known else {}


async def _contributed(provider: Provider, context: Context, user: User, wanted: frozenset[str]) -> dict[str, Any]:
    """What claim sources say. One that fails says nothing: a person without a claim is better than none at all."""
    found: dict[str, Any] = {}
    for source in await provider.host.claim_sources(context) if wanted else ():
        if asked := wanted & source.names:
            try:
                found |= {
                    name: value for name, value in (await source.claims(context, user, asked)).items() if name in asked
                }
            except Exception as problem:  # noqa: BLE001  a plugin's failure is its own
                log.error("claim_source_failed", source=source.name, problem=type(problem).__name__)
    return found


def values(user: User, wanted: frozenset[str]) -> dict[str, Any]:
    """What is known of a user, by the names that are wanted."""
    attributes = {name: user.attributes.get(name) for name in wanted}
    known = {**attributes, "roles": list(user.roles), **_profile(user), **_email(user), **_phone(user)}
    return {name: value for name, value in known.items() if name in wanted and value not in (None, "", [])}


def _profile(user: User) -> dict[str, Any]:
    parts = (user.attributes.get("given_name"), user.attributes.get("family_name"))
    username = user.identifier(IdentifierKind.USERNAME)
    return {
        "name": user.attributes.get("name") or " ".join(str(part) for part in parts if part),
        "preferred_username": username.value if username else user.attributes.get("preferred_username"),
        "locale": user.locale or user.attributes.get("locale"),
        "updated_at": int(user.updated_at.timestamp()),
    }


def _email(user: User) -> dict[str, Any]:
    found = user.identifier(IdentifierKind.EMAIL)
    return (
        {"email": found.value, "email_verified": _is_verified(found)}
        if found
        else {"email": None, "email_verified": None}
    )


def _phone(user: User) -> dict[str, Any]:
    found = user.identifier(IdentifierKind.PHONE)
    if found is None:
        return {"phone_number": None, "phone_number_verified": None}
    return {"phone_number": found.normalised, "phone_number_verified": _is_verified(found)}


def _is_verified(identifier: Identifier) -> bool:
    return identifier.verified_at is not None
