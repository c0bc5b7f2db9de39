"""Signing in with a credential: WebAuthn level 3 section 7.2."""

from __future__ import annotations

import msgspec

from xenia.api import NIL_ID, Context, Host, Journey, NewEvent, Object, account_key
from xenia_passkeys.answers import Assertion, octets, read
from xenia_passkeys.challenges import Challenges
from xenia_passkeys.decoys import Decoys
from xenia_passkeys.errors import NotAccepted
from xenia_passkeys.models import PASSKEY, Ceremony, Expected, Purpose, Shown, Stored
from xenia_passkeys.options import Options, descriptor, request_options
from xenia_passkeys.relying_party import RelyingParty, relying_party
from xenia_passkeys.settings import Clones, PasskeysSettings, Verification
from xenia_passkeys.store import Record, Records, encoded

# The generator of P-256 as a key: trying it costs what any other costs, and whoever signs for it is refused all the same.
NOBODYS_KEY = bytes.fromhex(
    "a5010203262001"
    "2158206b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "2258204fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)


class Assertions:
    """Asks for signatures and judges them."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._challenges = Challenges(host)
        self._records = Records(host)
        self._decoys = Decoys(host)

    # -- asking

    async def options(self, context: Context, journey: Journey, kind: str) -> Options:
        """What to ask the browser for. Before a proof, the answer is of one shape for everybody."""
        party = await relying_party(self._host, context)
        settings = await self._host.config.get(context, PasskeysSettings)
        first = not journey.proofs
        required = kind == PASSKEY and first and settings.user_verification is Verification.REQUIRED
        allow = await self._allowed(context, journey, kind)
        ceremony = Ceremony(
            purpose=Purpose.GET,
            kind=kind,
            journey=journey.id,
            verification=required,
            allow=tuple(octets(one["id"]) for one in allow),
        )
        challenge = await self._challenges.issue(context, ceremony)
        verification = "required" if required else "preferred" if kind == PASSKEY else "discouraged"
        return request_options(party, challenge, allow=allow, verification=verification)

    async def _allowed(self, context: Context, journey: Journey, kind: str) -> list[Options]:
        """Nothing where nobody is claimed: the authenticator then knows who. Own ones where somebody is known; else a
        list that doesn't tell whether there is an account.
        """
        if journey.claimed is None and journey.user_id is None:
            return []
        mine = [stored for _, stored in await self._records.of_user(context, journey.user_id or NIL_ID, kind)]
        if journey.is_known:
            return [descriptor(one.id, one.transports) for one in mine]
        ids = self._decoys.filled(context, account_key(journey), (one.id for one in mine))
        await self._decoys.even_out(context, len(mine))
        return [descriptor(id_) for id_ in ids]

    # -- judging

    async def complete(self, context: Context, journey: Journey, kind: str, posted: str) -> tuple[Record, Shown]:
        """Whose credential signed the challenge. Raises :class:`NotAccepted`."""
        answer = read(posted, Assertion)
        challenge, ceremony = await self._challenges.spend(context, answer)
        if (ceremony.purpose, ceremony.kind, ceremony.journey) != (Purpose.GET, kind, journey.id):
            raise NotAccepted("purpose")
        id_ = octets(answer.id)
        if ceremony.allow and id_ not in ceremony.allow:
            raise NotAccepted("not_offered")
        record = await self._records.find(context, kind, id_)
        party = await relying_party(self._host, context)
        shown = _verified(answer, _expected(challenge, party, ceremony), record)
        if record is None:
            raise NotAccepted("unknown")
        _check_owner(journey, ceremony, answer, record)
        _check_kept(record[1], party, shown)
        await self._refuse_copies(context, record[1])
        await self._use(context, record, shown)
        return record, shown

    async def _refuse_copies(self, context: Context, stored: Stored) -> None:
        """Once there may be two holders, no counter tells them apart: whoever signs next would be taken for the owner."""
        if stored.copied and (await self._host.config.get(context, PasskeysSettings)).clones is Clones.REFUSE:
            raise NotAccepted("copied")

    async def _use(self, context: Context, record: Record, shown: Shown) -> None:
        """Steps 22 to 24: the counter by one conditional statement, and what changed about the key."""
        row, stored = record
        if not (shown.counter or row.counter):
            await self._host.credentials.touch(context, row.id)
        elif not await self._host.credentials.advance(context, row.id, shown.counter):
            stored = await self._copied(context, record, shown)
        if shown.backed_up != stored.backed_up:
            await self._backed_up(context, (row, stored), shown)

    async def _copied(self, context: Context, record: Record, shown: Shown) -> Stored:
        """A counter that didn't grow: somebody else may hold the key. It is marked, whatever follows."""
        row, stored = record
        told: dict[str, object] = {"counter": shown.counter, "expected_above": row.counter, "kind": row.kind}
        marked: Stored = msgspec.structs.replace(stored, copied=True)
        async with self._host.transaction():
            await self._host.credentials.set_data(context, row.id, encoded(marked))
            await self._tell(context, record, "passkey.copy_suspected", told)
        settings = await self._host.config.get(context, PasskeysSettings)
        if settings.clones is Clones.REFUSE:
            raise NotAccepted("counter")
        await self._host.credentials.touch(context, row.id)
        return marked

    async def _backed_up(self, context: Context, record: Record, shown: Shown) -> None:
        row, stored = record
        changed: Stored = msgspec.structs.replace(stored, backed_up=shown.backed_up)
        async with self._host.transaction():
            await self._host.credentials.set_data(context, row.id, encoded(changed))
            await self._tell(context, record, "passkey.backup_changed", {"backed_up": shown.backed_up})

    async def _tell(self, context: Context, record: Record, event: str, data: dict[str, object]) -> None:
        row, _ = record
        about = Object("credential", str(row.id))
        told = NewEvent(type=event, object=about, person=row.user_id, data={**data, "user": str(row.user_id)})
        await self._host.events.record(context, told)


def _expected(challenge: bytes, party: RelyingParty, ceremony: Ceremony) -> Expected:
    origins = frozenset(party.origins)
    return Expected(challenge=challenge, rp_id=party.id, origins=origins, verification=ceremony.verification)


def _verified(answer: Assertion, expected: Expected, record: Record | None) -> Shown:
    """The same work for an id that nobody has, so that the time of the answer tells nothing of the list it came from."""
    from xenia_passkeys.verifier import verify_assertion

    try:
        return verify_assertion(answer, expected, record[1].public_key if record else NOBODYS_KEY)
    except NotAccepted as problem:
        raise (problem if record else NotAccepted("unknown")) from problem


def _check_owner(journey: Journey, ceremony: Ceremony, answer: Assertion, record: Record) -> None:
    """Step 6: the person the journey is about, who is whom the authenticator says."""
    row, stored = record
    if row.user_id != journey.user_id and (journey.user_id is not None or journey.claimed is not None):
        raise NotAccepted("other_user")
    handle = answer.response.user_handle
    if octets(handle) != stored.handle if handle is not None else not ceremony.allow:
        raise NotAccepted("user_handle")


def _check_kept(stored: Stored, party: RelyingParty, shown: Shown) -> None:
    """What never changes about a credential."""
    if stored.rp_id != party.id:
        raise NotAccepted("rp_id")
    if shown.eligible != stored.eligible:
        raise NotAccepted("backup_eligibility")
