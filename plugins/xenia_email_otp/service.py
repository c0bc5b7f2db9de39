"""Codes by mail: made for one journey and one address, whether or not anybody is there to get one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from xenia.api import (
    ChannelKind,
    CodeStatus,
    Context,
    Host,
    IdentifierKind,
    Journey,
    Outgoing,
    SentCodes,
    Text,
    User,
    UserStatus,
    text,
)
from xenia_email_otp.settings import EmailOtpSettings
from xenia_email_otp.views import wait

KIND = "email_otp"


class CodeService:
    """Sends and judges codes. Nothing that a request does here depends on whether the account exists."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def _codes(self, settings: EmailOtpSettings) -> SentCodes:
        return SentCodes(
            self._host.limits,
            self._host.one_time,
            KIND,
            lifetime=timedelta(minutes=settings.minutes),
            pause=timedelta(seconds=settings.resend_seconds),
            each_journey=settings.most_mails,
        )

    async def send(self, context: Context, journey: Journey) -> Text | None:
        """Make a fresh code, which ends the one before, and have it mailed; or say how long to wait."""
        settings = await self._host.config.get(context, EmailOtpSettings)
        codes, address = self._codes(settings), address_of(journey)
        apart, source = await self._host.hooks.counts_apart(context, journey), context.source.address
        if seconds := await codes.reserve(context.tenant, journey.id, address, source=source, apart=apart):
            return wait(seconds)
        async with self._host.transaction():
            code = await codes.issue(context.tenant, journey.id, address, attempts=settings.attempts)
            await self._host.notify.send_if_known(
                context, journey.user_id, address, self._mail(context, code, settings.minutes)
            )
        return None

    def _mail(self, context: Context, code: str, minutes: int) -> Outgoing:
        return Outgoing(
            channel=ChannelKind.EMAIL,
            to="",
            subject=text("email_otp.mail.subject"),
            body=(text("email_otp.mail.body", minutes=minutes),),
            code=code,
            small=(text("email_otp.mail.small"), text("email_otp.mail.never")),
            locale=context.locale,
            expires_at=self._host.clock.now() + timedelta(minutes=minutes),
        )

    async def check(self, context: Context, journey: Journey, typed: str) -> Text | None:
        """Try a code; ``None`` = right, and used by this call. The sentence otherwise."""
        settings = await self._host.config.get(context, EmailOtpSettings)
        result = await self._codes(settings).check(context.tenant, journey.id, address_of(journey), typed)
        if result.is_ok:
            return None
        is_open = result.status is CodeStatus.WRONG and result.attempts_left > 0
        return text("email_otp.wrong" if is_open else "email_otp.spent")

    async def reachable(self, context: Context, user_id: UUID | None) -> User | None:
        """The person, if a code can reach them."""
        user = await self._host.users.get(context, user_id) if user_id else None
        if user is None or user.status is not UserStatus.ACTIVE or user.verified(IdentifierKind.EMAIL) is None:
            return None
        return user


def address_of(journey: Journey) -> str:
    """What a code is bound to beside its journey: the identifier as it was typed, which may change on the way."""
    return journey.claimed.value if journey.claimed else str(journey.user_id)
