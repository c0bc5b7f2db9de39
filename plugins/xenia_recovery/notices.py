"""What everybody who may read for the account is told of a request."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from xenia.api import ChannelKind, Context, Host, IdentifierKind, Outgoing, User, text

_REACHED_BY = {ChannelKind.EMAIL: IdentifierKind.EMAIL, ChannelKind.SMS: IdentifierKind.PHONE}


class Notice(StrEnum):
    """What happened to a request."""

    ASKED = "asked"
    ENDING = "ending"
    SHORTENED = "shortened"
    CANCELLED = "cancelled"
    ENDED = "ended"

    def message(self, channel: ChannelKind, to: str, locale: str, hours: int, link: str) -> Outgoing:
        """The message; ``hours`` are left to wait, ``link`` cancels."""
        return Outgoing(
            channel=channel,
            to=to,
            subject=text(f"recovery.notice.{self}.subject"),
            body=(text(f"recovery.notice.{self}.body", hours=hours, count=hours),),
            link=link or "/account/security",
            link_label=text("recovery.notice.cancel" if link else "recovery.notice.look"),
            small=(text("recovery.notice.small" if link else "recovery.notice.small_over"),),
            locale=locale,
        )


async def addresses(host: Host, context: Context, user: User) -> Sequence[tuple[ChannelKind, str]]:
    """Every proven address and number that the tenant can reach: whoever has one of them may object."""
    found: list[tuple[ChannelKind, str]] = []
    for channel, kind in _REACHED_BY.items():
        if await host.notify.can(context, channel):
            mine = [one for one in user.identifiers if one.kind is kind and one.verified_at is not None]
            found.extend((channel, one.value) for one in mine)
    return found
