"""The checks, one function for each official module. Importing this package registers them all."""

from tests.conformance.modules import (
    back_channel,
    codes,
    discovery,
    hints,
    id_tokens,
    logout,
    prompts,
    request_objects,
    requests,
    scopes,
    userinfo,
)

__all__ = [
    "back_channel",
    "codes",
    "discovery",
    "hints",
    "id_tokens",
    "logout",
    "prompts",
    "request_objects",
    "requests",
    "scopes",
    "userinfo",
]
