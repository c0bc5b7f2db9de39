"""Recovery codes: look-up secrets for the day the phone is gone (NIST SP 800-63B-4 section 3.1.2).

A code is one character that tells the codes of a person apart and eleven random ones (55 bits), each from Crockford's
base 32. One row holds one code: the first character and the argon2id hash of the whole, so that a guess costs one hash
and nothing in the database can be tried fast (OWASP ASVS 6.5.2).
"""

from __future__ import annotations

import secrets
from uuid import UUID

import msgspec

from xenia.api import (
    ChannelKind,
    Context,
    Credential,
    Host,
    NewCredential,
    NewEvent,
    Object,
    Outgoing,
    text,
)
from xenia_totp.settings import TotpSettings

PLUGIN = "totp"
KIND = "recovery_code"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM = 11
FEW = 2
_SPOKEN = str.maketrans("OIL", "011")


class Stored(msgspec.Struct, frozen=True):
    """What a row holds."""

    first: str
    hash: str


class RecoveryCodes:
    """The codes of all tenants."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def made(self, context: Context) -> tuple[tuple[str, ...], tuple[NewCredential, ...]]:
        """Fresh codes, as they are shown once, and the rows that replace the user's old ones."""
        settings = await self._host.config.get(context, TotpSettings)
        firsts = secrets.SystemRandom().sample(ALPHABET, settings.recovery_codes)
        codes = [first + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM)) for first in firsts]
        rows = [await self._row(code, replaces=place == 0) for place, code in enumerate(codes)]
        return tuple(shown(code) for code in codes), tuple(rows)

    async def _row(self, code: str, *, replaces: bool) -> NewCredential:
        stored = Stored(code[0], await self._host.hasher.hash(code))
        return NewCredential(plugin=PLUGIN, kind=KIND, data=msgspec.json.encode(stored), replaces=replaces)

    async def left(self, context: Context, user_id: UUID) -> int:
        """How many codes the user has."""
        return sum(one.kind == KIND for one in await self._host.credentials.summaries(context, user_id))

    async def spend(self, context: Context, user_id: UUID, typed: str) -> UUID | None:
        """The credential that ``typed`` spends, for exactly one caller. Any guess costs one hash."""
        code = clean(typed)
        rows = await self._host.credentials.of_user(context, user_id, KIND)
        row = next((row for row in rows if code and _stored(row).first == code[0]), None)
        if row is None:
            await self._host.hasher.dummy(code)
            return None
        if not await self._host.hasher.verify(code, _stored(row).hash):
            return None
        return row.id if await self._consume(context, user_id, row.id) else None

    async def _consume(self, context: Context, user_id: UUID, code: UUID) -> bool:
        async with self._host.transaction():
            if not await self._host.credentials.consume(context, code):
                return False
            left = await self.left(context, user_id)
            event = NewEvent(
                type="recovery_code.used", object=Object("user", str(user_id)), person=user_id, data={"left": left}
            )
            await self._host.events.record(context, event)
            await self._tell(context, user_id, left)
        return True

    async def _tell(self, context: Context, user_id: UUID, left: int) -> None:
        """Say that a code was used, and warn when few are left."""
        user = await self._host.users.get(context, user_id)
        if user is None or not user.email:
            return
        warning = (text("totp.notice.few"),) if left <= FEW else ()
        message = Outgoing(
            channel=ChannelKind.EMAIL,
            to=user.email,
            subject=text("totp.notice.subject"),
            body=(text("totp.notice.body", count=left), *warning),
            link="/account/security",
            link_label=text("totp.notice.link"),
            small=(text("totp.notice.small"),),
            concerns=user_id,
            locale=user.locale or context.locale,
        )
        await self._host.notify.send(context, message)


def clean(typed: str) -> str:
    """A code as it was made, from however it was typed: spaces, hyphens, small letters and look-alikes are forgiven."""
    code = "".join(typed.upper().replace("-", " ").split()).translate(_SPOKEN)
    return code if len(code) == 1 + RANDOM and all(sign in ALPHABET for sign in code) else ""


def shown(code: str) -> str:
    """In groups of four."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def _stored(row: Credential) -> Stored:
    return msgspec.json.decode(row.data, type=Stored)
