"""What an account that was disowned asks of a sign-in: what was known before opens nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from xenia.api import (
    Context,
    Factor,
    Host,
    Journey,
    LoginAttempt,
    LoginDecision,
    Need,
    NeedKind,
    Proof,
    Verdict,
    looked_at,
    text,
)
from xenia_protection.disowning import Disowning

PASSWORD = "password"  # noqa: S105  the name of a kind
SIGN_IN_WAITS = LoginDecision(
    verdict=Verdict.DENY, reason="disowned by its owner", public=text("protection.disown.locked")
)


class Recovery:
    """Judges sign-ins of people who said that it wasn't them."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._disowning = Disowning(host)

    async def needs(self, context: Context, journey: Journey) -> Sequence[Need]:
        """Another password on the way, for whoever shows the mailbox."""
        if journey.user_id is None or not _by_mailbox(journey.proofs):
            return ()
        since = await self._since(context, journey.user_id)
        if since is None or await self._password(context, journey.user_id) is None:
            return ()
        names = tuple(one.name for one in await self._host.enrolments(context) if one.kind == PASSWORD)
        lead = text("protection.disown.password")
        return tuple(
            Need(kind=NeedKind.ENROL, name=name, any_of=(name,), reason="disowned", lead=lead) for name in names
        )

    async def is_locked(self, context: Context, journey: Journey) -> bool:
        """Whether this journey can't go on: it proved what was known before. A password that was set afterwards took the mailbox."""
        if journey.user_id is None or not journey.proofs or _by_mailbox(journey.proofs):
            return False
        since = await self._since(context, journey.user_id)
        if since is None:
            return False
        changed = await self._password(context, journey.user_id)
        return changed is None or changed <= since

    async def decide(self, context: Context, attempt: LoginAttempt) -> LoginDecision | None:
        """The last word: refused, until a password was set afterwards; or by the mailbox, where there is no password.

        Nobody sets one without the mailbox meanwhile: journeys end before that (:mod:`xenia_protection.locked`), and sessions have ended.
        """
        if (since := await self._since(context, attempt.user_id)) is None:
            return None
        changed = await self._password(context, attempt.user_id)
        if changed is not None and changed > since:
            await self._disowning.settle(context, attempt.user_id, "password")
            return None
        if changed is None and _by_mailbox(attempt.proofs):
            await self._disowning.settle(context, attempt.user_id, "mailbox")
            return None
        return SIGN_IN_WAITS

    async def _since(self, context: Context, user_id: UUID) -> datetime | None:
        return await looked_at(("disowned", context.tenant, user_id), lambda: self._disowning.since(context, user_id))

    async def _password(self, context: Context, user_id: UUID) -> datetime | None:
        """When the password was set; ``None`` where there is none."""
        known = await self._host.credentials.summaries(context, user_id)
        return max((one.created_at for one in known if one.kind == PASSWORD), default=None)


def _by_mailbox(proofs: Sequence[Proof]) -> bool:
    return any(Factor.MAILBOX in one.factors for one in proofs)
