"""Events as people read them: who did it, in names where there are names."""

from __future__ import annotations

from typing import Any

from xenia.api import Actor, ActorKind, Context, Text, literal, parse_id, text
from xenia_admin.desk import Desk


class Stories:
    """Names the actors of a page's events, each looked up once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[Actor, Text] = {}

    async def actor(self, actor: Actor) -> Text:
        """Who acted. Administrators are marked as such where they act on another tenant."""
        if actor not in self._known:
            self._known[actor] = await self._named(actor)
        return self._known[actor]

    async def _named(self, actor: Actor) -> Text:
        if actor.kind is ActorKind.USER:
            name = await self._person(actor)
            return (
                literal(name) if actor.tenant == self._desk.tenant.id else text("admin.audit.administrator", name=name)
            )
        if actor.kind is ActorKind.NOBODY:
            return text("admin.audit.nobody")
        return text(f"admin.audit.by_{actor.kind}", name=actor.id)

    async def _person(self, actor: Actor) -> str:
        user_id = parse_id(actor.id)
        user = await self._desk.host.users.get(Context(tenant=actor.tenant), user_id) if user_id else None
        return user.name if user else actor.id


def told(desk: Desk) -> Stories:
    """The page's own."""
    stories: Any = desk.request.scope["state"].setdefault("console_stories", Stories(desk))
    return stories if isinstance(stories, Stories) else Stories(desk)
