"""The keys that sign tokens."""

from __future__ import annotations

from xenia.api import Call, Noun, SigningKey
from xenia_api import schemas as wire

keys = Noun("keys", "signing keys")
PUBLIC = frozenset({"kty", "crv", "x", "y", "n", "e", "kid", "use", "alg"})


@keys.get("/keys")
async def list_keys(call: Call) -> wire.KeyList:
    """List the signing keys with their states. A new key is published (`next`) before it signs (`active`), and trusted after (`passive`)."""
    await call.sees_all()
    found = await call.host.keys.list(call.context)
    return wire.KeyList(items=tuple(_shown(key) for key in found))


@keys.post("/keys/rotate", status=200)
async def rotate_keys(call: Call, body: wire.Rotation) -> wire.Key:
    """Let the next key of an algorithm sign from now on; the answer is that key."""
    return _shown(await call.host.keys.rotate(call.context, body.alg.value, emergency=body.emergency))


def _shown(key: SigningKey) -> wire.Key:
    """The public parameters of the key, and no others (RFC 7518 section 6)."""
    jwk = {name: value for name, value in key.jwk.items() if name in PUBLIC}
    return wire.Key(kid=key.kid, alg=key.alg, use=key.use, state=key.state, created_at=key.created_at, jwk=jwk)
