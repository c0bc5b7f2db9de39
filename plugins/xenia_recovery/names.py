"""A forgotten user name: sent to the address that is proven to be the person's, with the same answer for everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from xenia.api import ChannelKind, Context, Host, IdentifierKind, Limit, Outgoing, Reservation, User, UserStatus, text

JOB = "recovery.names"
# Due a moment later, the job isn't done beside the answer, which would take longer where there is more to do.
LATER = timedelta(milliseconds=1)
PER_ACCOUNT = Limit("recovery.names.account", 3, timedelta(hours=1))


class Names:
    """Sends the names of an account."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def ask(self, context: Context, address: str) -> None:
        """Queue the work. Nothing is looked up here."""
        data = {"address": address, "locale": context.locale}
        await self._host.jobs.enqueue(context, JOB, data, delay=LATER)

    async def send(self, context: Context, data: dict[str, Any]) -> None:
        """The job: mail what the person may sign in with, if the address is a proven one of somebody's."""
        address = str(data["address"])
        user = await self._host.users.find(context, IdentifierKind.EMAIL, address)
        if user is None or user.status is not UserStatus.ACTIVE:
            return
        proven = user.verified(IdentifierKind.EMAIL, address)
        if proven is None:
            return
        place = await self._host.limits.reserve(context.tenant, PER_ACCOUNT, str(user.id))
        if isinstance(place, Reservation):
            await self._host.notify.send(context, _mail(user, proven, user.locale or str(data["locale"])))


def _mail(user: User, address: str, locale: str) -> Outgoing:
    names = [one.value for one in user.identifiers if one.kind is IdentifierKind.USERNAME] or [address]
    return Outgoing(
        channel=ChannelKind.EMAIL,
        to=address,
        subject=text("recovery.name.mail.subject"),
        body=(text("recovery.name.mail.body", names=", ".join(names)),),
        link="/sign-in",
        link_label=text("recovery.name.mail.link"),
        small=(text("recovery.name.mail.small"),),
        locale=locale,
    )
