"""A mail to the person, where a rule asks for one."""

from __future__ import annotations

from xenia.api import ChannelKind, Context, Host, Outgoing, device_of, text
from xenia_risk.models import Decided


async def tell(host: Host, context: Context, decided: Decided) -> None:
    """Say that somebody who knew enough to sign in was asked for more, or refused. Nothing for who has no address."""
    user = await host.users.get(context, decided.user_id)
    if user is None or not user.email:
        return
    device, _ = device_of(context.source.user_agent)
    await host.notify.send(
        context,
        Outgoing(
            channel=ChannelKind.EMAIL,
            to=user.email,
            subject=text("risk.notice.subject"),
            body=(text("risk.notice.body", device=device or "–", address=context.source.address or "–"),),
            link="/account/security",
            link_label=text("risk.notice.link"),
            small=(text("risk.notice.small"),),
            concerns=user.id,
            locale=user.locale or context.locale,
        ),
    )
