"""People in a test: with an address that was verified, and a password where the plugin is there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xenia.context import Context
from xenia.journeys.models import Claimed, Goal, Journey
from xenia.sessions.models import Proof
from xenia.testing.app import App
from xenia.users.models import IdentifierKind, NewIdentifier, NewUser, User

EMAIL = "ada@example.org"
PASSWORD = "violet ladders hum quietly"


async def a_person(app: App, email: str = EMAIL, *, password: str = "", name: str = "") -> User:
    """A user of the application's tenant."""
    identifier = NewIdentifier(kind=IdentifierKind.EMAIL, value=email, verified=True)
    new = NewUser(identifiers=(identifier,), attributes={"name": name} if name else {})
    user = await app.kernel.users.create(app.context, new)
    if password:
        assert await app.kernel.hooks.seed_credential(app.context, user.id, "password", password)
    return user


def a_journey(
    app: App,
    user: User | None,
    *,
    goal: Goal = Goal.SIGN_IN,
    email: str = EMAIL,
    proofs: tuple[Proof, ...] = (),
    session: UUID | None = None,
    data: dict[str, dict[str, Any]] | None = None,
) -> Journey:
    """A journey of a visitor who claims an address, outside any browser."""
    return Journey(
        id=UUID(int=1),
        tenant=app.context.tenant,
        goal=goal,
        started_at=app.kernel.clock.now(),
        claimed=Claimed(IdentifierKind.EMAIL, email),
        user_id=user.id if user else None,
        proofs=proofs,
        session_id=session,
        data=data or {},
    )


def visiting(app: App) -> Context:
    """The context of a visitor."""
    return Context(tenant=app.context.tenant)
