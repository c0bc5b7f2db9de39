"""What people prove themselves with: that it exists, never what it is."""

from __future__ import annotations

from uuid import UUID

from xenia.api import NotFound
from xenia_api import schemas as wire
from xenia_api.authority import changeable, person
from xenia_api.call import Call
from xenia_api.operations import Noun

credentials = Noun("credentials", "which credentials people have, never what they hold")


@credentials.get("/users/{user_id}/credentials")
async def list_credentials(call: Call, user_id: UUID) -> wire.CredentialList:
    """List what a person has enrolled."""
    await person(call, user_id)
    found = await call.host.credentials.summaries(call.context, user_id)
    return wire.CredentialList(items=tuple(wire.Credential.of(one) for one in found))


@credentials.delete("/users/{user_id}/credentials/{credential_id}")
async def remove_credential(call: Call, user_id: UUID, credential_id: UUID) -> None:
    """Remove one of a person's credentials."""
    await changeable(call, user_id)
    if not await call.host.credentials.remove(call.context, user_id, credential_id):
        raise NotFound("no such credential of this user")
