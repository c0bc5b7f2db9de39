"""The channel for e-mail: the tenant's own server, the installation's, or in development a mailbox to look into."""

from __future__ import annotations

from email.headerregistry import Address
from email.utils import parseaddr
from typing import TYPE_CHECKING

from xenia.api import Channel, ChannelKind, Context, Host, Rendered, Unavailable
from xenia_mail.letter import letter
from xenia_mail.mailbox import Mailbox
from xenia_mail.server import Server, connected, hand_over
from xenia_mail.settings import MailSettings


class MailChannel:
    """Hands messages to an SMTP server (RFC 5321)."""

    name = "mail"
    kind = ChannelKind.EMAIL

    def __init__(self, host: Host, mailbox: Mailbox) -> None:
        self._host = host
        self._mailbox = mailbox

    async def send(self, context: Context, message: Rendered) -> None:
        """Hand it over, or put it into the development mailbox. Raises ``Unavailable`` to be tried again, ``Undeliverable``
        where the server refused it for good.
        """
        settings = await self._host.config.get(context, MailSettings)
        if (server := self._server(settings)) is None:
            await self._keep(context, message)
            return
        sender = await self._sender(context, settings)
        made = letter(message, sender=sender, reply_to=settings.reply_to, at=self._host.clock.now())
        async with connected(self._host, server, sender=sender.addr_spec) as client:
            await hand_over(client, made, sender.addr_spec, message.to)

    def _server(self, settings: MailSettings) -> Server | None:
        address = settings.smtp_url or self._host.settings.smtp_url
        return Server.parse(address.reveal()) if address else None

    async def _sender(self, context: Context, settings: MailSettings) -> Address:
        """Who it is from. Over the installation's server only the installation's address, whatever the tenant wrote."""
        tenant = await self._host.tenants.get(context.tenant)
        own = settings.sender if settings.smtp_url else ""
        spec = own or parseaddr(self._host.settings.mail_from)[1]
        name = settings.sender_name or (tenant.title if tenant else "")
        return Address(display_name=" ".join(name.split()), addr_spec=spec)

    async def _keep(self, context: Context, message: Rendered) -> None:
        if not self._host.settings.development:
            raise Unavailable("no mail server: set smtp_url for the installation or for the tenant")
        await self._mailbox.keep(context, message)


if TYPE_CHECKING:
    _: type[Channel] = MailChannel
