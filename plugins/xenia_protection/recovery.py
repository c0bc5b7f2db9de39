"""What an account that was disowned asks of a sign-in: what was known before opens nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from xenia.api import (
    Context,
    CredentialSummary,
    Factor,
    Host,
    Journey,
    LoginAttempt,
    LoginDecision,
    Need,
    NeedKind,
    Proof,
    Text,
    Verdict,
    looked_at,
    text,
)
from xenia_protection.disowning import PASSWORD, Disowning, Standing

FORGOTTEN = "/recover"
"""Where the plugin of passwords begins with who has lost theirs."""
LOCKED, DISTRUSTED = text("protection.disown.locked"), text("protection.disown.distrusted")
WAITS = LoginDecision(verdict=Verdict.DENY, reason="disowned by its owner", public=LOCKED)
ADDED_MEANWHILE = LoginDecision(verdict=Verdict.DENY, reason="added while it was disowned", public=DISTRUSTED)


class Recovery:
    """Judges sign-ins of people who said that it wasn't them."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._disowning = Disowning(host)

    async def needs(self, context: Context, journey: Journey) -> Sequence[Need]:
        """Another password on the way, for whoever shows the mailbox."""
        if journey.user_id is None or not _by_mailbox(journey.proofs):
            return ()
        standing = await self._standing(context, journey.user_id)
        if standing.since is None or await self._password(context, journey.user_id) is None:
            return ()
        names = tuple(one.name for one in await self._host.enrolments(context) if one.kind == PASSWORD)
        lead = text("protection.disown.password")
        return tuple(
            Need(kind=NeedKind.ENROL, name=name, any_of=(name,), reason="disowned", lead=lead) for name in names
        )

    async def locked(self, context: Context, journey: Journey) -> Text | None:
        """Why this journey can't go on: it proved what a stranger added, or what was known before, and not a password that was set
        afterwards by mail. ``None`` = it may.
        """
        if journey.user_id is None or not journey.proofs:
            return None
        standing = await self._standing(context, journey.user_id)
        if _adds_up_to(standing, journey.proofs):
            return DISTRUSTED
        if standing.since is None or _by_mailbox(journey.proofs):
            return None
        is_new = _is_by(await self._password(context, journey.user_id), standing.since, journey.proofs)
        return None if is_new else LOCKED

    async def decide(self, context: Context, attempt: LoginAttempt) -> LoginDecision | None:
        """The last word: refused, until a password that was set afterwards is shown, or the mailbox, of which that one came; or the
        mailbox alone, where there is no password.

        Nobody sets one without the mailbox meanwhile: journeys end before that (:mod:`xenia_protection.locked`), and sessions have ended.
        """
        standing = await self._standing(context, attempt.user_id)
        if _adds_up_to(standing, attempt.proofs):
            return ADDED_MEANWHILE
        if (since := standing.since) is None:
            await self._tidied(context, attempt, standing)
            return None
        password, by_mailbox = await self._password(context, attempt.user_id), _by_mailbox(attempt.proofs)
        is_new = password is not None and password.created_at > since
        if is_new and (by_mailbox or _is_by(password, since, attempt.proofs)):
            await self._disowning.settle(context, attempt.user_id, "password")
            await self._tidied(context, attempt, standing)
            return None
        if password is None and by_mailbox:
            await self._disowning.settle(context, attempt.user_id, "mailbox")
            return None
        return WAITS

    async def by_password(self, context: Context) -> bool:
        """Whether a new password by mail is a way back here."""
        return any(one.kind == PASSWORD for one in await self._host.enrolments(context))

    async def _tidied(self, context: Context, attempt: LoginAttempt, standing: Standing) -> None:
        """Whoever has the account back, with two factors of before, is rid of what was added."""
        if standing.distrusted and attempt.acr != "aal1":
            await self._disowning.remove_distrusted(context, attempt.user_id)

    async def _standing(self, context: Context, user_id: UUID) -> Standing:
        return await looked_at(
            ("disowned", context.tenant, user_id), lambda: self._disowning.standing(context, user_id)
        )

    async def _password(self, context: Context, user_id: UUID) -> CredentialSummary | None:
        """The password, where there is one."""
        known = await self._host.credentials.summaries(context, user_id)
        return max((one for one in known if one.kind == PASSWORD), key=lambda one: one.created_at, default=None)


def _adds_up_to(standing: Standing, proofs: Sequence[Proof]) -> bool:
    """Whether anything was proven by what came while somebody else was in the account."""
    return any(one.credential in standing.distrusted for one in proofs)


def _is_by(password: CredentialSummary | None, since: datetime, proofs: Sequence[Proof]) -> bool:
    """Whether somebody showed this password, or chose it on the way after showing such a one, and it was set afterwards."""
    if password is None or password.created_at <= since:
        return False
    chosen = any(one.method == PASSWORD and one.credential is None and one.at > since for one in proofs)
    return chosen or any(one.credential == password.id for one in proofs)


def _by_mailbox(proofs: Sequence[Proof]) -> bool:
    return any(Factor.MAILBOX in one.factors for one in proofs)
