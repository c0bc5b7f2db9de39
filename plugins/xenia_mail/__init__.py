"""E-mail: carries messages by SMTP, proves that an address is its owner's, and in development keeps a mailbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from litestar.handlers import BaseRouteHandler

from xenia.api import Channel, HealthCheck, Host, Manifest, Sentences, StepKind, hookimpl, read_locales, text
from xenia_mail.channel import MailChannel
from xenia_mail.health import reaches_server
from xenia_mail.mailbox import Mailbox
from xenia_mail.routes import mailbox_routes, verification_routes
from xenia_mail.settings import MailSettings
from xenia_mail.step import VerifyEmail
from xenia_mail.verification import Verification

manifest = Manifest(
    name="mail",
    title=text("mail.title"),
    summary=text("mail.summary"),
    settings=MailSettings,
    migrations="xenia_mail.piccolo_app",
    libraries=("aiosmtplib",),
    default_on=True,
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_channels(host: Host) -> Sequence[Channel]:
    return (MailChannel(host, Mailbox(host)),)


@hookimpl
def register_journey_steps(host: Host) -> Sequence[StepKind]:
    return (VerifyEmail(host, Verification(host)),)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return *verification_routes(Verification(host)), *mailbox_routes(host, Mailbox(host))


@hookimpl
def register_health_checks(host: Host) -> Sequence[HealthCheck]:
    return (HealthCheck(name="mail", check=lambda: reaches_server(host)),)
