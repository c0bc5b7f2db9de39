"""One call of the API: the host, the request, and who calls."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar.connection import Request

from xenia.api import Caller, Context, Host, Tenant, context_of, state_of, tenant_of


class Call(msgspec.Struct, frozen=True):
    """What every operation is given first. ``headers`` are those the answer will carry."""

    host: Host
    request: Request[Any, Any, Any]
    permission: str
    headers: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def context(self) -> Context:
        """The request's frame; its actor is the person or application that calls."""
        return context_of(self.request)

    @property
    def tenant(self) -> Tenant:
        """The tenant whose API is called."""
        return tenant_of(self.request)

    @property
    def caller(self) -> Caller:
        """Who calls, as the token says."""
        caller: Caller = state_of(self.request)["caller"]
        return caller
