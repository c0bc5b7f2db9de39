"""Notices that nobody else sends: of a sign-in on a device that isn't known, and of addresses that came and went."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import (
    ChannelKind,
    Context,
    Event,
    Goal,
    Host,
    LoginAttempt,
    Observation,
    Outgoing,
    Session,
    Subscriber,
    User,
    device_of,
    log,
    text,
)
from xenia_protection.settings import ProtectionSettings

SIGNAL = "new_device"
"""The signal of whichever plugin knows devices; without one nobody is told."""
ONCE = timedelta(days=1)
SECONDS = 0.5


class NewDeviceNotice:
    """Mails a person of a session that begins in a browser which isn't known, where others are."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def look(self, context: Context, session: Session) -> None:
        """Tell, where there is something to tell. A mail that can't be written keeps nobody from signing in."""
        try:
            async with asyncio.timeout(SECONDS):
                await self._look(context, session)
        except Exception as problem:  # noqa: BLE001  another plugin's signal may fail in any way
            log.error("new_device_not_told", tenant=context.tenant, problem=type(problem).__name__)

    async def _look(self, context: Context, session: Session) -> None:
        """Once a day for a browser."""
        settings = await self._host.config.get(context, ProtectionSettings)
        if not settings.tell_new_devices or not await self._is_new(context, session):
            return
        key = f"{session.user_id} {context.source.browser}"
        if not await self._host.one_time.claim(context.tenant, "protection.new_device", key, ONCE):
            return
        user = await self._host.users.get(context, session.user_id)
        if user is not None and user.email:
            await self._host.notify.send(context, _of_device(context, user, user.email))

    async def _is_new(self, context: Context, session: Session) -> bool:
        attempt = LoginAttempt(
            user_id=session.user_id,
            application=context.application,
            acr=session.acr,
            proofs=session.proofs,
            goal=Goal.SIGN_IN,
        )
        for signal in await self._host.risk_signals(context):
            if signal.name == SIGNAL:
                seen: Observation | None = await signal.observe(context, attempt)
                return seen is not None and seen.score >= 1
        return False


class IdentifierNotice:
    """Mails a person that an address or a number was added to their account, or removed (OWASP ASVS 6.3.7)."""

    name = "protection.identifiers"
    types: tuple[str, ...] = ("user.identifier_added", "user.identifier_removed")

    def __init__(self, host: Host) -> None:
        self._host = host

    async def handle(self, context: Context, event: Event) -> None:
        """Tell the address that the account is known by."""
        user = await self._host.users.get(context, UUID(event.object.id))
        if user is not None and user.email:
            what = event.type.rpartition("_")[2]
            await self._host.notify.send(context, _message(context, user, user.email, f"identifier_{what}"))


def _of_device(context: Context, user: User, address: str) -> Outgoing:
    device, _ = device_of(context.source.user_agent)
    return _message(context, user, address, "device", device=device or "–", address=context.source.address or "–")


def _message(context: Context, user: User, to: str, what: str, **values: str) -> Outgoing:
    return Outgoing(
        channel=ChannelKind.EMAIL,
        to=to,
        subject=text(f"protection.notice.{what}.subject"),
        body=(text(f"protection.notice.{what}.body", **values),),
        link="/account/security",
        link_label=text("protection.notice.link"),
        small=(text("protection.notice.small"),),
        locale=user.locale or context.locale,
        concerns=user.id,
    )


if TYPE_CHECKING:

    def _proof(host: Host) -> Subscriber:
        return IdentifierNotice(host)
