"""What every page of the account needs: who is signed in, and the menu that plugins add to."""

from __future__ import annotations

from typing import Any

from litestar.connection import Request

from xenia.api import Context, Host, NotSignedIn, Session, User, context_of, state_of, tenant_of

Ask = Request[Any, Any, Any]


class AccountPages:
    """The host as the account's pages use it."""

    def __init__(self, host: Host) -> None:
        self.host = host

    async def begin(self, request: Ask) -> tuple[Context, User, Session]:
        """The context, the person and their session; puts the menu into the request's state."""
        context, state = context_of(request), state_of(request)
        session: Session | None = state["session"]
        user: User | None = state.get("user")
        if session is None or user is None:
            raise NotSignedIn("no session behind an account page")
        state["nav"] = self.host.hooks.nav_items(tenant_of(request).plugins, context, "account")
        return context, user, session
