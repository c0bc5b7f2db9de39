"""The hook that this plugin opens to others."""

from __future__ import annotations

from collections.abc import Sequence

from xenia.api import Host, hookspec
from xenia_oidc.token.grants import TokenGrant


@hookspec
def register_grants(host: Host) -> Sequence[TokenGrant]:  # noqa: ARG001  a contract names its arguments and uses none
    """Grant types for the token endpoint, asked once. A client may use one only if its registration names it, and its
    plugin is on.
    """
    raise AssertionError
