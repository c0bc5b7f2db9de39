"""ID tokens that are wrong."""

from __future__ import annotations

from collections.abc import Callable

from tests.conformance.defects.meddling import (
    TOKEN,
    USERINFO,
    Document,
    answering,
    changed,
    forging,
    form_of,
    refusing,
    same,
    telling,
)
from tests.conformance.defects.registry import defect
from tests.conformance.jose import broken, unsigned


def _instead(change: Callable[[str], str]) -> Callable[[Document], Document]:
    """A token response with another ID token."""
    return lambda document: {**document, "id_token": change(document["id_token"])}


for name, claims, complaint in (
    ("nonce", changed(nonce="another"), "nonce isn't"),
    ("iss", changed(iss="https://other.example"), "iss isn't"),
    ("aud", changed(aud="another"), "aud isn't"),
    ("at_hash", changed(at_hash="another"), "at_hash is of another"),
    ("exp", changed(exp=1), "has expired"),
):
    defect("oidcc-server", f"the ID token's {name} is wrong", complaint, forging(claims))
defect(
    "oidcc-server",
    "UserInfo is about another person",
    "UserInfo is about another",
    same(telling(USERINFO, changed(sub="another"))),
)
defect(
    "oidcc-server-client-secret-post",
    "posted secrets are refused",
    "the token endpoint answers 401",
    same(answering(TOKEN, 401, "invalid_client", where=lambda request: "client_secret" in form_of(request))),
)
defect(
    "oidcc-idtoken-signature",
    "the ID token comes with ES256, unasked",
    "signed with ES256",
    forging(changed(), algorithm="ES256"),
)
defect(
    "oidcc-idtoken-signature",
    "the ID token is signed with a key that isn't published",
    "signature doesn't hold",
    forging(changed(), publishes=False),
)
defect(
    "oidcc-idtoken-signature",
    "the signature is broken",
    "signature doesn't hold",
    same(telling(TOKEN, _instead(broken))),
)
defect("oidcc-idtoken-unsigned", "the ID token is unsigned", "is unsigned", same(telling(TOKEN, _instead(unsigned))))
defect(
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
    "a request without nonce is refused",
    "refused: invalid_request",
    same(refusing(lambda query: "nonce" not in query)),
)
defect(
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
    "a nonce is made up",
    "nonce isn't",
    forging(changed(nonce="made up")),
)
