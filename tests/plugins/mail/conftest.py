"""A host with real one-time codes, limits and tables, fakes for the rest, and a mail server on a port of its own."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from xenia.clock import FrozenClock
from xenia.context import Context
from xenia.db import Database
from xenia.notify.models import Outgoing
from xenia.plugin.host import Host
from xenia.security.dialer import Dialer
from xenia.security.limits import Limits
from xenia.security.one_time import OneTime
from xenia.settings import Secret, Settings
from xenia.tenants.models import SignInSettings, Tenant
from xenia.users.models import User
from xenia_mail.settings import MailSettings

CONTEXT = Context(tenant="acme", locale="en")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


class MailHost:
    """What the plugin asks of the host. ``sent`` are the messages that were queued."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.settings = Settings(development=True)
        self.clock = FrozenClock(NOW)
        self.dialer = Dialer(development=True)
        self.limits = Limits(database, b"l" * 32)
        self.one_time = OneTime(database, b"o" * 32)
        self.configured: dict[type, Any] = {SignInSettings: SignInSettings(), MailSettings: MailSettings()}
        self.config = SimpleNamespace(get=self._config)
        self.tenants = SimpleNamespace(get=self._tenant)
        self.notify = SimpleNamespace(send=self._send)
        self.users = SimpleNamespace(get=self._user, verify_identifier=self._verify)
        self.sent: list[Outgoing] = []
        self.person: User | None = None
        self.verified: list[str] = []

    def transaction(self) -> AbstractAsyncContextManager[None]:
        """A real transaction."""
        return self._database.transaction()

    def store(self, context: Context) -> AbstractAsyncContextManager[Any]:
        """The plugin's tables, under the scoped role."""
        return self._database.scoped(context.tenant)

    def tables(self, context: Context) -> Any:
        """The same, a statement at a time."""
        return self._database.tables(context.tenant)

    async def _config(self, _context: Context, kind: type) -> Any:
        return self.configured[kind]

    async def _tenant(self, tenant_id: str) -> Tenant:
        return Tenant(tenant_id, "Acme Stores", f"https://{tenant_id}.example")

    async def _send(self, _context: Context, message: Outgoing) -> None:
        self.sent.append(message)

    async def _user(self, *_: Any) -> User | None:
        return self.person

    async def _verify(self, _context: Context, _user_id: Any, _kind: Any, value: str) -> bool:
        self.verified.append(value)
        return True

    def serve(self, address: str, **tenant: Any) -> None:
        """Use a mail server: the installation's, or the tenant's own where more is given."""
        if tenant:
            self.configured[MailSettings] = MailSettings(smtp_url=Secret(address), **tenant)
        else:
            self.settings = msgspec.structs.replace(self.settings, smtp_url=Secret(address))


@pytest.fixture
async def fake(database: Database) -> MailHost:
    """The host, as a test sees it."""
    await database.execute(
        "INSERT INTO tenants (id, title, issuer) VALUES ('acme', 'Acme Stores', 'https://acme.example'), "
        "('other', 'Other', 'https://other.example')"
    )
    return MailHost(database)


@pytest.fixture
def host(fake: MailHost) -> Host:
    """The same host, as the plugin sees it."""
    return cast("Host", fake)


class Received:
    """The handler of the mail server: keeps what it is given, refuses what it is told to."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answer = "250 OK"
        self.to = ""
        self.logins: list[tuple[str, bool]] = []

    async def handle_RCPT(  # noqa: N802  the server's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the recipient, unless there is something to say against it."""
        if self.to:
            return self.to
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  the server's name for it
        """Keep the message."""
        self.envelopes.append(envelope)
        return self.answer

    def login(self, _server: SMTP, session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        """Remember who came, and whether over TLS."""
        self.logins.append((data.login.decode(), session.ssl is not None))
        return AuthResult(success=data.password == b"s3:cret")

    def message(self) -> EmailMessage:
        """The last message. A method, since the server reads every attribute of its handler."""
        content = self.envelopes[-1].content
        assert isinstance(content, bytes)
        return message_from_bytes(content, policy=default)


@pytest.fixture
def received() -> Received:
    """What arrived."""
    return Received()


Serve = Callable[..., Awaitable[int]]


@pytest.fixture
async def serve(received: Received) -> AsyncIterator[Serve]:
    """Start a mail server; its port. ``tls`` offers STARTTLS, ``tls_first`` speaks nothing else."""
    servers: list[asyncio.Server] = []
    talks: list[SMTP] = []

    async def start(
        *, tls: ssl.SSLContext | None = None, tls_first: ssl.SSLContext | None = None, auth: bool = False
    ) -> int:
        def made() -> SMTP:
            options: dict[str, Any] = {"tls_context": tls, "enable_SMTPUTF8": True, "hostname": "mail.test"}
            if auth:
                options |= {"authenticator": received.login, "auth_require_tls": tls is not None}
            talks.append(SMTP(received, **options))
            return talks[-1]

        server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0, ssl=tls_first)
        servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    yield start
    for talk in talks:
        if isinstance(talk.transport, asyncio.WriteTransport):
            talk.transport.abort()
    for server in servers:
        server.close()
        await server.wait_closed()
