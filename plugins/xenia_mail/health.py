"""Whether the installation's mail server answers."""

from __future__ import annotations

from xenia.api import Host, XeniaError
from xenia_mail.server import Server, connected


async def reaches_server(host: Host) -> str | None:
    """``None`` = it greets us, or development keeps its mail; else what to mend, in one line."""
    address = host.settings.smtp_url
    if not address:
        return (
            None if host.settings.development else "no mail leaves this machine: set smtp_url, or one for each tenant"
        )
    try:
        async with connected(host, Server.parse(address.reveal()), sender=host.settings.mail_from) as client:
            await client.noop()
    except (XeniaError, ValueError) as problem:
        return f"smtp_url: {problem}; check the address, and outgoing_allow for a private one"
    return None
