"""A mail after each sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import ChannelKind, Context, Event, Host, Outgoing, Subscriber, text
from xenia_opening_hours.settings import HoursSettings


class Notice:
    """Reacts to sign-ins, after they have happened and outside the request."""

    name = "opening_hours.notice"
    types: tuple[str, ...] = ("session.started",)

    def __init__(self, host: Host) -> None:
        self._host = host

    async def handle(self, context: Context, event: Event) -> None:
        """Mail one sentence, where the tenant wants it and the person has an address."""
        settings = await self._host.config.get(context, HoursSettings)
        user = await self._host.users.get(context, event.person) if event.person else None
        if settings.notice and user is not None and user.email:
            await self._host.notify.send(context, _message(user.email, user.locale or context.locale))


def _message(address: str, locale: str) -> Outgoing:
    return Outgoing(
        channel=ChannelKind.EMAIL,
        to=address,
        subject=text("opening_hours.notice.subject"),
        body=(text("opening_hours.notice.body"),),
        locale=locale,
    )


if TYPE_CHECKING:

    def _proof(host: Host) -> Subscriber:
        return Notice(host)
