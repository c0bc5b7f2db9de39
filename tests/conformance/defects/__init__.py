"""Planted defects: each makes a provider wrong in just the way that one module looks for. Importing this package registers them all."""

from tests.conformance.defects import (
    back_channel,
    codes,
    discovery,
    id_tokens,
    logout,
    prompts,
    requests,
    userinfo,
)

__all__ = [
    "back_channel",
    "codes",
    "discovery",
    "id_tokens",
    "logout",
    "prompts",
    "requests",
    "userinfo",
]
