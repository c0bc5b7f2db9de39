"""Passkeys: a method that finds out who is there by the credential's own id (WebAuthn Level 3 section 7.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from xenia.api import (
    Again,
    AuthMethod,
    Context,
    DiscoverableMethod,
    Enrolled,
    Enrolment,
    Factor,
    Field,
    FieldKind,
    Form,
    Host,
    Journey,
    Manifest,
    NewCredential,
    PersonalData,
    Proof,
    Proven,
    Refused,
    StepView,
    hookimpl,
    literal,
)

KIND = "passkey"
manifest = Manifest(name="passkeys", title=literal("Passkeys"), summary=literal("Sign in without a password."))
ASSERTION = Field(name="credential", label=literal("Passkey"), kind=FieldKind.HIDDEN)


class PasskeyMethod:
    """Two factors at once, and no page of ours can be made to give them away."""

    name = "passkey"
    factors = frozenset({Factor.POSSESSION, Factor.INHERENCE})
    amr: tuple[str, ...] = ("hwk", "user")
    primary = True
    discoverable = True
    label = literal("Sign in with a passkey")
    icon = "key"

    def __init__(self, host: Host) -> None:
        self._host = host

    async def available(self, context: Context, journey: Journey) -> bool:
        """Everywhere."""
        return True

    async def begin(self, context: Context, journey: Journey) -> StepView | Again:
        """A challenge, remembered with the journey."""
        view = StepView(step=self.name, title=self.label, fields=(ASSERTION,))
        return Again(view=view, remember={"challenge": str(journey.id)})

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused:
        """Find the credential, and raise its counter: of two with the same one only one wins."""
        name, _, counter = form.get("credential", "").partition(":")
        found = await self._host.credentials.by_lookup(context, KIND, name.encode()) if name else None
        if (
            found is None
            or not counter.isdigit()
            or not await self._host.credentials.advance(context, found.id, int(counter))
        ):
            return Refused(errors={"": literal("That passkey is not known here.")})
        proof = Proof(
            method=self.name,
            factors=self.factors,
            amr=self.amr,
            at=self._host.clock.now(),
            credential=found.id,
            phishing_resistant=True,
        )
        return Proven(user_id=found.user_id, proof=proof)


class PasskeyEnrolment:
    """Gets a passkey."""

    name = "passkey"
    kind = KIND
    second = True
    sign_up = True
    label = literal("Passkey")
    hint = literal("Sign in with your device.")
    icon = "key"

    async def begin(self, context: Context, journey: Journey) -> StepView | Again:
        """A challenge."""
        return StepView(step=self.name, title=self.label, fields=(ASSERTION,))

    async def complete(self, context: Context, journey: Journey, form: Form) -> Enrolled | Refused | Again:
        """Hand over the credential."""
        if not (name := form.get("credential", "")):
            return Refused(errors={"": literal("The device gave no passkey.")})
        return Enrolled(
            credentials=(NewCredential(plugin="passkeys", kind=KIND, data=b"key", lookup=name.encode(), second=True),)
        )


class Keeper:
    """A person's passkeys: shown by name, erased, and moved to another account and back."""

    def __init__(self, host: Host) -> None:
        self._credentials = host.credentials

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """Their names."""
        return {"passkeys": [one.label for one in await self._credentials.of_user(context, user_id, KIND)]}

    async def erase(self, context: Context, user_id: UUID) -> None:
        """All of them."""
        await self._credentials.remove_kind(context, user_id, KIND)

    async def move(self, context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """Each gets a new row under the other account; the record says which."""
        moved = []
        for one in await self._credentials.of_user(context, user_id, KIND):
            await self._credentials.remove(context, user_id, one.id)
            new = NewCredential(
                plugin="passkeys", kind=KIND, data=one.data, label=one.label, second=True, counter=one.counter
            )
            moved.append(str(await self._credentials.add(context, to, new)))
        return {"user": str(user_id), "to": str(to), "moved": moved}

    async def restore(self, context: Context, record: dict[str, Any]) -> None:
        """Those that are still there go back."""
        user_id, to = UUID(record["user"]), UUID(record["to"])
        for one in await self._credentials.of_user(context, to, KIND):
            if str(one.id) in record["moved"] and await self._credentials.remove(context, to, one.id):
                new = NewCredential(
                    plugin="passkeys", kind=KIND, data=one.data, label=one.label, second=True, counter=one.counter
                )
                await self._credentials.add(context, user_id, new)


@hookimpl
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    return (PasskeyMethod(host),)


@hookimpl
def register_enrolments(host: Host) -> Sequence[Enrolment]:
    return (PasskeyEnrolment(),)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    keeper = Keeper(host)
    return (
        PersonalData(
            name="passkeys", export=keeper.export, erase=keeper.erase, move=keeper.move, restore=keeper.restore
        ),
    )


if TYPE_CHECKING:

    def _proof(host: Host) -> tuple[DiscoverableMethod, Enrolment]:
        return PasskeyMethod(host), PasskeyEnrolment()
