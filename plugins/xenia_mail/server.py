"""The mail server's address, and a connection to it through the guarded dialer."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parseaddr
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote, urlsplit

import msgspec

from xenia.api import Host, Unavailable, Undeliverable

if TYPE_CHECKING:
    from email.message import EmailMessage

    import aiosmtplib

TIMEOUT = 20.0
PERMANENT = 500
_PORTS = {"smtps": 465, "smtp": 587}


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail is handed over. ``tls``: from the first byte (``smtps``, RFC 8314); else STARTTLS (RFC 3207)."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = ""

    @classmethod
    def parse(cls, address: str) -> Self:
        """Read ``smtps://user:password@host:465``. Raises ``ValueError``."""
        parts = urlsplit(address)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("a mail server's address looks like smtps://user:password@host:465")
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            tls=parts.scheme == "smtps",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    @property
    def start_tls(self) -> bool | None:
        """``True`` where a password must not travel in the open, ``None`` = if the server offers it."""
        if self.tls:
            return False
        return True if self.user else None


@asynccontextmanager
async def connected(host: Host, server: Server, *, sender: str) -> AsyncIterator[aiosmtplib.SMTP]:
    """A session with the server, over TLS for its name at the address that the dialer judged.

    Raises ``Unavailable`` for whatever goes wrong, so that the message is tried again.
    """
    import aiosmtplib  # late: a start has no use for it

    socket = await host.dialer.open_socket(server.host, server.port, timeout=TIMEOUT)
    client = aiosmtplib.SMTP(
        hostname=server.host,
        sock=socket,
        use_tls=server.tls,
        start_tls=server.start_tls,
        tls_context=ssl.create_default_context(),
        username=server.user or None,
        password=server.password or None,
        local_hostname=domain_of(sender),
        timeout=TIMEOUT,
    )
    try:
        async with client:
            yield client
    except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
        # The server's words may name the recipient; only its code is kept.
        raise Unavailable(
            f"mail server {server.host}: {type(problem).__name__} {getattr(problem, 'code', '')}"
        ) from None
    finally:
        socket.close()


async def hand_over(client: aiosmtplib.SMTP, letter: EmailMessage, sender: str, recipient: str) -> None:
    """One letter. Raises ``Undeliverable`` where the server refuses its recipient or its content for good (RFC 5321 section
    4.2.1); a sender that is refused is a set-up to be mended, and tried again.
    """
    import aiosmtplib

    try:
        await client.send_message(letter, sender=sender, recipients=[recipient])
    except aiosmtplib.SMTPRecipientsRefused as problem:
        codes = [one.code for one in problem.recipients]
        if not all(PERMANENT <= code < 600 for code in codes):
            raise
        raise Undeliverable(f"the recipient was refused: {codes[0]}") from None
    except aiosmtplib.SMTPDataError as problem:
        if problem.code < PERMANENT:
            raise
        raise Undeliverable(f"the content was refused: {problem.code}") from None


def domain_of(address: str) -> str:
    """The domain of an address in ASCII, as SMTP's greeting wants it."""
    domain = parseaddr(address)[1].rpartition("@")[2] or "localhost"
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return "localhost"
