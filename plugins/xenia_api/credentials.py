"""What people prove themselves with: that it exists, never what it is."""

from __future__ import annotations

from uuid import UUID

from xenia.api import Call, Conflict, NotFound, Noun, text
from xenia_api import schemas as wire

PASSWORD = "password"  # noqa: S105  a kind of credential
credentials = Noun("credentials", "which credentials people have, never what they hold")


@credentials.get("/users/{user_id}/credentials")
async def list_credentials(call: Call, user_id: UUID) -> wire.CredentialList:
    """List what a person has enrolled."""
    await call.person(user_id)
    found = await call.host.credentials.summaries(call.context, user_id)
    return wire.CredentialList(items=tuple(wire.Credential.like(one) for one in found))


@credentials.delete("/users/{user_id}/credentials/{credential_id}")
async def remove_credential(call: Call, user_id: UUID, credential_id: UUID) -> None:
    """Remove one of a person's credentials."""
    await call.changeable(user_id)
    if not await call.host.credentials.remove(call.context, user_id, credential_id):
        raise NotFound("no such credential of this user")


@credentials.post("/users/{user_id}/reset-link", 409, status=204)
async def send_reset_link(call: Call, user_id: UUID) -> None:
    """Mail a person a link to their proven address, where they get another way to sign in. The caller never sees it."""
    await call.changeable(user_id)
    if not await call.host.hooks.send_way_in(call.context, user_id):
        raise Conflict("nothing was sent", public=text("api.nothing_sent"))


@credentials.post("/users/{user_id}/password-change", 409, status=204)
async def require_password_change(call: Call, user_id: UUID) -> None:
    """Have a person choose another password at the next sign-in with the present one."""
    await call.changeable(user_id)
    if not await call.host.hooks.require_change(call.context, user_id, PASSWORD):
        raise Conflict("no password", public=text("api.no_password"))
