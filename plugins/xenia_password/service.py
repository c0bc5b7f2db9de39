"""Passwords at rest: verified in the same time for everybody, hashed anew where the parameters have moved on, replaced."""

from __future__ import annotations

from uuid import UUID

from xenia.api import (
    ChannelKind,
    Context,
    Credential,
    Host,
    NewCredential,
    NewEvent,
    Object,
    Outgoing,
    Unavailable,
    User,
    log,
    text,
)
from xenia_password.policy import normalised

PLUGIN = KIND = "password"
NOBODY = UUID(int=0)
# Nothing longer was ever accepted; the check keeps a huge text from being normalised and hashed.
LONGEST = 1024
MUST_CHANGE = "\nchange"


def encoded(stored: Credential) -> str:
    """The hash."""
    return stored.data.decode().partition("\n")[0]


def must_change(stored: Credential) -> bool:
    """Whether somebody asked for another."""
    return stored.data.endswith(MUST_CHANGE.encode())


class PasswordService:
    """The passwords of all tenants. Stored is the encoded argon2id hash, sealed by the core; after it, where that is so, that
    it must be changed.
    """

    def __init__(self, host: Host) -> None:
        self._host = host

    async def current(self, context: Context, user_id: UUID | None) -> Credential | None:
        """The user's password, if there is one. Nobody's is looked up like anybody's."""
        found = await self._host.credentials.of_user(context, user_id or NOBODY, KIND)
        return found[-1] if found else None

    async def verify(self, context: Context, user_id: UUID | None, password: str) -> Credential | None:
        """The credential that ``password`` (as typed) opens. An unknown account costs what a wrong password costs."""
        stored = await self.current(context, user_id)
        typed = normalised(password) if len(password) <= LONGEST else ""
        if stored is None:
            await self._host.hasher.dummy(typed)
            return None
        if not await self._host.hasher.verify(typed, encoded(stored)) or not typed:
            return None
        await self._renew(context, stored, typed)
        return stored

    async def _renew(self, context: Context, stored: Credential, typed: str) -> None:
        """Hash it with today's parameters, where it was hashed with others."""
        if not self._host.hasher.needs_rehash(encoded(stored)):
            return
        try:
            fresh = await self._host.hasher.hash(typed)
        except Unavailable:
            return  # the queue is full; the next sign-in will do it
        # By the credential's id: a password that was changed meanwhile has another, and stays as it is.
        kept = fresh + MUST_CHANGE if must_change(stored) else fresh
        await self._host.credentials.set_data(context, stored.id, kept.encode())
        log.info("password_rehashed", tenant=context.tenant)

    async def made(self, password: str) -> NewCredential:
        """A credential of ``password`` (as typed) that replaces the one before. Hashes: not for inside a transaction."""
        encoded = await self._host.hasher.hash(normalised(password))
        return NewCredential(plugin=PLUGIN, kind=KIND, data=encoded.encode(), replaces=True)

    async def demand_change(self, context: Context, user_id: UUID) -> bool:
        """Let the password open one more sign-in, on whose way another is chosen; ``False`` where there is none. The mark goes
        with the password that it is on.
        """
        async with self._host.transaction():
            stored = await self.current(context, user_id)
            if stored is None:
                return False
            data = (encoded(stored) + MUST_CHANGE).encode()
            if not await self._host.credentials.set_data(context, stored.id, data):
                return False
            about = Object("user", str(user_id))
            event = NewEvent(
                type="password.change_required", object=about, person=user_id, data={"check": "administrator"}
            )
            await self._host.events.record(context, event)
        return True

    async def replaced(self, context: Context, user_id: UUID, *, keep: UUID | None, how: str) -> None:
        """What a changed password brings with it, in the transaction that stores it: whoever else is signed in goes,
        the event, and a notice to the person."""
        await self._host.sessions.end_all(context, user_id, keep=keep, reason="password changed")
        event = NewEvent(
            type="password.changed", object=Object("user", str(user_id)), person=user_id, data={"how": how}
        )
        await self._host.events.record(context, event)
        if (user := await self._host.users.get(context, user_id)) and user.email:
            await self._host.notify.send(context, _notice(user, user.email, context.locale))


def _notice(user: User, address: str, locale: str) -> Outgoing:
    return Outgoing(
        channel=ChannelKind.EMAIL,
        to=address,
        subject=text("password.notice.subject"),
        body=(text("password.notice.body"), text("password.notice.sessions")),
        link="/recover",
        link_label=text("password.notice.link"),
        small=(text("password.notice.small"),),
        concerns=user.id,
        locale=user.locale or locale,
    )
