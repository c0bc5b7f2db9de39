"""Whom the load is about: tenants, people who share one password, applications, and tokens to be used."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.bench.people import populate
from xenia.app import Kernel
from xenia.applications.models import Application
from xenia.context import Context, system_actor
from xenia.grants.models import NewGrant
from xenia.serving.installation import Installation
from xenia.tenants.models import NewTenant
from xenia.tokens.models import TokenFormat
from xenia.users.models import IdentifierKind, User

TENANT = "bench0"
PASSWORD = "violet ladders hum quietly"
SECRET = "a-secret-of-the-bench-0123456789abcdef"
CALLBACK = "https://shop.example/callback"
SCOPE = ("openid", "profile", "email", "offline_access")
_MACHINE: dict[str, Any] = {
    "grant_types": ["client_credentials"],
    "scopes": ["api"],
    "resources": ["https://api.example"],
}
_SHOP: dict[str, Any] = {"redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"]}
APPLICATIONS: dict[str, dict[str, Any]] = {
    "machine": _MACHINE,
    "opaque": {**_MACHINE, "access_token_format": "opaque"},
    "refresher": {**_SHOP, "id_token_signed_response_alg": "ES256"},
    "shop": _SHOP,
}


def basic(client: str) -> str:
    """The ``Authorization`` header of a client."""
    return "Basic " + base64.b64encode(f"{client}:{SECRET}".encode()).decode()


def email(number: int) -> str:
    """The address of a person."""
    return f"person-{number}@example.org"


@dataclass(frozen=True)
class Tokens:
    """Tokens of one person: two access tokens, and a chain of refresh tokens."""

    signed: str
    opaque: str
    refresh: tuple[str, ...]


async def seed(installation: Installation, tenants: int, users: int) -> None:
    """Make so many tenants with so many people each, and the applications of the first."""
    async with installation.running() as kernel:
        # One hash for all of them: it is made, not measured, and a person's own would take minutes.
        encoded = (await kernel.hasher.hash(PASSWORD)).encode()
        for number in range(tenants):
            context = Context(tenant=f"bench{number}", actor=system_actor("bench"))
            plugins = frozenset(manifest.name for manifest in kernel.plugins)
            await kernel.tenants.create(context, NewTenant(id=context.tenant, title="Bench", plugins=plugins))
            for id_, part in APPLICATIONS.items():
                await _application(kernel, context, id_, part)
            await populate(kernel, context, [email(person) for person in range(users)], encoded)


async def _application(kernel: Kernel, context: Context, id_: str, part: dict[str, Any]) -> None:
    application = Application(
        tenant=context.tenant, id=id_, title=id_.title(), first_party=True, protocols={"oidc": part}
    )
    await kernel.applications.put(context, application)
    await kernel.applications.add_secret(context, id_, SECRET)


async def tokens(installation: Installation, chains: int) -> Tokens:
    """Fresh tokens of the first person: refresh tokens each of a grant of its own."""
    context = Context(tenant=TENANT, actor=system_actor("bench"))
    async with installation.running() as kernel:
        user = await kernel.users.find(context, IdentifierKind.EMAIL, email(0))
        assert user is not None
        grants = [await _grant(kernel, context, user) for _ in range(chains + 1)]
        refresh = [await kernel.tokens.issue_refresh(context, grant, scope=SCOPE) for grant in grants[1:]]
        long = timedelta(minutes=9)
        signed, opaque = [
            await kernel.tokens.issue_access(context, grants[0], scope=SCOPE, lifetime=long, format=format_)
            for format_ in (TokenFormat.JWT, TokenFormat.OPAQUE)
        ]
    return Tokens(signed.value, opaque.value, tuple(refresh))


async def _grant(kernel: Kernel, context: Context, user: User) -> Any:
    subject = await kernel.subjects.of_user(context, user.id)
    new = NewGrant(application="refresher", user_id=user.id, subject=subject, scope=SCOPE, offline=True)
    return await kernel.grants.open(context, new)
