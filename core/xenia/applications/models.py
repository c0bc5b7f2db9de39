"""Applications: what people sign in to. Protocol plugins keep their own part of the configuration in ``protocols``."""

from __future__ import annotations

from typing import Any

import msgspec


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """One application of a tenant. ``id`` is its stable name and its OAuth ``client_id``.

    ``protocols`` holds each protocol plugin's own validated settings under the plugin's name. ``required_acr`` may only
    ask for more than the tenant does.
    """

    tenant: str
    id: str
    title: str
    first_party: bool = True
    home: str = ""
    required_acr: str = ""
    protocols: dict[str, dict[str, Any]] = {}
    managed_by: str = "console"
    enabled: bool = True
    version: int = 1
