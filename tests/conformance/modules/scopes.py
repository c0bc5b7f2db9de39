"""Claims by scope and one by one (OpenID Connect Core sections 5.4 and 5.5)."""

from __future__ import annotations

import json
from typing import Any

from tests.conformance.expect import expect
from tests.conformance.providers.provider import CLAIMS
from tests.conformance.registry import Run, module

_OF_SCOPE = {
    "profile": ("name", "given_name", "family_name"),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
}


@module("oidcc-scope-profile")
async def scope_profile(run: Run) -> None:
    """scope=profile brings the names, and no more than them"""
    await _check(run, "profile")


@module("oidcc-scope-email")
async def scope_email(run: Run) -> None:
    """scope=email brings email and email_verified, a boolean, and no more"""
    await _check(run, "email")


@module("oidcc-scope-address")
async def scope_address(run: Run) -> None:
    """scope=address brings the address, an object, and no more"""
    await _check(run, "address")


@module("oidcc-scope-phone")
async def scope_phone(run: Run) -> None:
    """scope=phone brings phone_number and phone_number_verified, a boolean, and no more"""
    await _check(run, "phone")


@module("oidcc-scope-all")
async def scope_all(run: Run) -> None:
    """All four scopes bring all of it"""
    await _check(run, *_OF_SCOPE)


@module("oidcc-claims-essential")
async def claims_essential(run: Run) -> None:
    """The essential claim name, asked for alone with the parameter claims, comes from UserInfo"""
    wish = json.dumps({"userinfo": {"name": {"essential": True}}})
    done = await run.rp.sign_in(run.visitor, claims=wish)
    expect((await run.rp.userinfo(done.access_token)).get("name") == CLAIMS["name"], "UserInfo doesn't say name")


async def _check(run: Run, *scopes: str) -> None:
    done = await run.rp.sign_in(run.visitor, scope=" ".join(("openid", *scopes)))
    told = await run.rp.userinfo(done.access_token)
    for scope, names in _OF_SCOPE.items():
        for name in names:
            expect(told.get(name) == _due(scope, name, scopes), f"UserInfo says {name}: {told.get(name)!r}")


def _due(scope: str, name: str, asked: tuple[str, ...]) -> Any:
    return CLAIMS[name] if scope in asked else None
