"""Registering a credential: WebAuthn level 3 section 7.1."""

from __future__ import annotations

import secrets

import msgspec

from xenia.api import Context, Host, Journey, NewCredential
from xenia_passkeys.answers import Creation, read
from xenia_passkeys.challenges import Challenges
from xenia_passkeys.errors import NotAccepted
from xenia_passkeys.models import KINDS, PASSKEY, PLUGIN, Attestation, Ceremony, Expected, Made, Purpose, Stored
from xenia_passkeys.options import Options, creation_options
from xenia_passkeys.providers import provider_of
from xenia_passkeys.relying_party import RelyingParty, relying_party
from xenia_passkeys.settings import Conveyance, PasskeysSettings, Verification
from xenia_passkeys.store import Records, encoded, lookup_of

HANDLE_OCTETS = 32


class Registered(msgspec.Struct, frozen=True):
    """A new credential, and what was verified about it."""

    credential: NewCredential
    made: Made


class Registration:
    """Asks for new credentials and takes them in."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._challenges = Challenges(host)
        self._records = Records(host)

    async def options(self, context: Context, journey: Journey, kind: str, *, automatic: bool = False) -> Options:
        """What to ask the browser for. ``automatic``: it may make one by itself, without asking its owner (section 5.1.3)."""
        settings = await self._host.config.get(context, PasskeysSettings)
        party = await relying_party(self._host, context)
        known = [stored for _, stored in await self._records.of_user(context, journey.user_id, *KINDS)]
        handle = known[-1].handle if known else secrets.token_bytes(HANDLE_OCTETS)
        required = kind == PASSKEY and not automatic and settings.user_verification is Verification.REQUIRED
        ceremony = Ceremony(
            purpose=Purpose.CREATE,
            kind=kind,
            journey=journey.id,
            verification=required,
            presence=not automatic,
            handle=handle,
        )
        name, display_name = await self._names(context, journey)
        return creation_options(
            party,
            kind,
            await self._challenges.issue(context, ceremony),
            handle=handle,
            name=name,
            display_name=display_name,
            known=known,
            verification="required" if required else "preferred" if kind == PASSKEY else "discouraged",
            attestation=settings.attestation.value,
        )

    async def complete(self, context: Context, journey: Journey, kind: str, posted: str) -> Registered:
        """The credential that was made, if everything about it is right. Raises :class:`NotAccepted`."""
        from xenia_passkeys.verifier import verify_creation

        answer = read(posted, Creation)
        challenge, ceremony = await self._challenges.spend(context, answer)
        if (ceremony.purpose, ceremony.kind, ceremony.journey) != (Purpose.CREATE, kind, journey.id):
            raise NotAccepted("purpose")
        settings = await self._host.config.get(context, PasskeysSettings)
        party = await relying_party(self._host, context)
        made = verify_creation(answer, _expected(challenge, party, ceremony), _wanted(settings))
        if await self._records.is_taken(context, made.id):
            raise NotAccepted("taken")
        second = kind != PASSKEY or settings.after_password
        return Registered(_row(kind, made, ceremony, party, second=second), made)

    async def _names(self, context: Context, journey: Journey) -> tuple[str, str]:
        """What the authenticator shows: the person's address, and their name where there is one."""
        user = await self._host.users.get(context, journey.user_id) if journey.user_id else None
        claimed = journey.claimed.value if journey.claimed else ""
        name = (user.email if user else "") or claimed or "?"
        return name, (user.name if user else "") or name


def _expected(challenge: bytes, party: RelyingParty, ceremony: Ceremony) -> Expected:
    return Expected(
        challenge=challenge,
        rp_id=party.id,
        origins=frozenset(party.origins),
        presence=ceremony.presence,
        verification=ceremony.verification,
    )


def _wanted(settings: PasskeysSettings) -> Attestation:
    direct = settings.attestation is Conveyance.DIRECT
    return Attestation(direct, settings.roots() if direct else (), frozenset(settings.aaguids))


def _row(kind: str, made: Made, ceremony: Ceremony, party: RelyingParty, *, second: bool) -> NewCredential:
    stored = Stored(
        id=made.id,
        public_key=made.public_key,
        handle=ceremony.handle,
        aaguid=made.aaguid,
        transports=made.transports,
        verified=made.verified,
        eligible=made.eligible,
        backed_up=made.backed_up,
        rp_id=party.id,
    )
    return NewCredential(
        plugin=PLUGIN,
        kind=kind,
        data=encoded(stored),
        label=provider_of(made.aaguid),
        second=second,
        lookup=lookup_of(made.id),
        counter=made.counter,
    )
