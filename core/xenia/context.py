"""Who asks, for whom, from where: one frozen value that every service, hook and setting is asked with."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import msgspec

SYSTEM_TENANT = "system"
DEFAULT_POOL = "default"


class ActorKind(StrEnum):
    """What kind of party acts."""

    NOBODY = "nobody"
    USER = "user"
    APPLICATION = "application"
    SYSTEM = "system"


class Actor(msgspec.Struct, frozen=True):
    """Who acts. ``id`` is a user's UUID, an application's id or a command's name; ``tenant`` is where that party
    lives.
    """

    kind: ActorKind = ActorKind.NOBODY
    id: str = ""
    tenant: str = ""
    on_behalf_of: Actor | None = None


NOBODY = Actor()


def system_actor(name: str) -> Actor:
    """The actor of work that no person asked for: a job, a command, a migration."""
    return Actor(ActorKind.SYSTEM, name)


def user_actor(tenant: str, user_id: UUID) -> Actor:
    """The actor of what a signed-in person does."""
    return Actor(ActorKind.USER, str(user_id), tenant)


class Source(msgspec.Struct, frozen=True):
    """Where a request came from: the client's address behind trusted proxies, its user agent, the request's id.

    ``browser`` tells browsers apart: the digest, in hexadecimal, of a cookie that lives for a year. It is no secret, and
    empty where a browser comes for the first time.
    """

    address: str = ""
    user_agent: str = ""
    request_id: str = ""
    browser: str = ""


NOWHERE = Source()


class Context(msgspec.Struct, frozen=True):
    """The frame of one piece of work. Immutable: :func:`msgspec.structs.replace` makes a narrower one."""

    tenant: str
    pool: str = DEFAULT_POOL
    organisation: str | None = None
    application: str | None = None
    brand: str | None = None
    locale: str = "en"
    region: str | None = None
    actor: Actor = NOBODY
    source: Source = NOWHERE

    def acting(self, actor: Actor) -> Context:
        """The same frame with another actor."""
        return msgspec.structs.replace(self, actor=actor)

    def for_application(self, application: str | None) -> Context:
        """The same frame, narrowed to one application."""
        return msgspec.structs.replace(self, application=application)
