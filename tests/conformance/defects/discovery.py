"""Metadata and keys that are wrong."""

from __future__ import annotations

from tests.conformance.defects.meddling import DISCOVERY, KEYS, changed, same, telling
from tests.conformance.defects.registry import defect

_CONFIG = "oidcc-discovery-endpoint-verification"

defect(
    _CONFIG,
    "the metadata names another issuer",
    "issuer isn't where",
    same(telling(DISCOVERY, changed(issuer="https://other.example"))),
)
defect(
    _CONFIG,
    "no key is published before the first sign-in",
    "no key is published",
    same(telling(KEYS, changed(keys=[]))),
)
defect(
    _CONFIG,
    "the keys are published twice",
    "two keys have one kid",
    same(telling(KEYS, lambda document: {"keys": [*document["keys"], *document["keys"]]})),
)
defect(
    _CONFIG,
    "a private part stands among the keys",
    "a private key is published",
    same(telling(KEYS, lambda document: {"keys": [{**key, "d": "AQAB"} for key in document["keys"]]})),
)
defect(
    "oidcc-rp-initiated-logout-discovery-endpoint-verification",
    "the metadata keeps the end_session_endpoint to itself",
    "end_session_endpoint is missing",
    same(telling(DISCOVERY, changed(end_session_endpoint=None))),
)
defect(
    "oidcc-backchannel-logout-discovery-endpoint-verification",
    "the metadata announces no sid in logout tokens",
    "backchannel_logout_session_supported isn't true",
    same(telling(DISCOVERY, changed(backchannel_logout_session_supported=False))),
)
