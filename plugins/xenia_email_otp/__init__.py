"""Codes by mail: a first proof, or a second where nothing stronger is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from xenia.api import AuthMethod, Context, Host, Manifest, Sentences, hookimpl, read_locales, text
from xenia_email_otp.method import EmailOtpMethod
from xenia_email_otp.service import CodeService
from xenia_email_otp.settings import EmailOtpSettings, Place

manifest = Manifest(
    name="email_otp",
    title=text("email_otp.label"),
    summary=text("email_otp.summary"),
    settings=EmailOtpSettings,
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    return (EmailOtpMethod(host, CodeService(host)),)


@hookimpl
async def route_login(host: Host, context: Context) -> Sequence[str] | None:
    settings = await host.config.get(context, EmailOtpSettings)
    return (EmailOtpMethod.name,) if settings.first is Place.PREFERRED else None
