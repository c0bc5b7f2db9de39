"""The end of a journey: the only place where a session begins.

In one transaction: the journey is finished (one conditional statement decides who does it), a sign-up's user is created
with what was proven, the session begins, the attempts are forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from xenia.context import Context, user_actor
from xenia.credentials.service import CredentialService
from xenia.db import Database
from xenia.errors import Conflict, NotSignedIn, XeniaError
from xenia.events.contracts import Events
from xenia.events.models import EventType, NewEvent, Object
from xenia.ids import new_id
from xenia.journeys.assurance import achieved, amr_of, authenticated_at, rank
from xenia.journeys.attempts import Attempts
from xenia.journeys.models import Goal, Journey, LoginAttempt, LoginDecision, Verdict
from xenia.journeys.store import Found, JourneyStore
from xenia.plugin.hooks import Hooks
from xenia.sessions.models import Session
from xenia.sessions.service import SessionService
from xenia.tenants.contracts import SettingsStore
from xenia.tenants.models import SessionSettings
from xenia.users.contracts import Users
from xenia.users.models import NewIdentifier, NewUser, User, UserStatus

EVENTS = (
    EventType("journey.denied", "A sign-in was refused by a decision."),
    EventType("journey.stepped_up", "A decision asked for more before a sign-in."),
)


class Lost(XeniaError):
    """Another request finished this journey first."""

    code, status = "journey_lost", 409


class Refusal(Exception):
    """The person may not sign in: they are disabled, or a plugin denied it."""

    def __init__(self, decision: LoginDecision) -> None:
        super().__init__(decision.reason)
        self.decision = decision


class StepUp(Exception):
    """A decision asks for more assurance before the session may begin."""

    def __init__(self, decision: LoginDecision) -> None:
        super().__init__(decision.acr)
        self.decision = decision

    def of(self, journey: Journey) -> Journey:
        """The journey with what it must reach now, and why."""
        wanted = self.decision
        return msgspec.structs.replace(
            journey,
            step_up_acr=wanted.acr,
            step_up_enrols=wanted.may_enrol,
            step_up_lead=wanted.public,
            step_up_reason=wanted.reason,
        )


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked before the transaction, in which nothing is asked but the database: how long the session may live,
    what hooks say about it, and whether the person had a second factor.
    """

    settings: SessionSettings
    shape: Mapping[str, Any]
    has_second: bool


class Finisher:
    """Ends journeys that need nothing more."""

    def __init__(
        self,
        database: Database,
        store: JourneyStore,
        users: Users,
        credentials: CredentialService,
        sessions: SessionService,
        events: Events,
        hooks: Hooks,
        config: SettingsStore,
        attempts: Attempts,
    ) -> None:
        self._database = database
        self._store = store
        self._users = users
        self._credentials = credentials
        self._sessions = sessions
        self._events = events
        self._hooks = hooks
        self._config = config
        self._attempts = attempts

    async def finish(self, context: Context, found: Found, current: Session | None) -> tuple[Session, str]:
        """The session and its cookie's secret. Raises :class:`Refusal`, :class:`StepUp`, :class:`Lost` or
        ``Conflict``.
        """
        journey = found.journey
        user = await self._person(context, journey)
        new = await self._new_user(context, journey)
        await self._decide(context, journey, user)
        terms = Terms(
            settings=await self._config.get(context, SessionSettings),
            shape=await self._shape(context, journey, user),
            has_second=user is not None and await self._has_second(context, user),
        )
        async with self._database.transaction():
            if not await self._store.finish(context, journey, found.version):
                raise Lost("finished already")
            if new is not None:
                user = await self._create(context, journey, new)
            if user is None:
                raise Lost("nobody to sign in")
            return await self._begin(context.acting(user_actor(context.tenant, user.id)), journey, user, current, terms)

    async def _person(self, context: Context, journey: Journey) -> User | None:
        """Whom the journey is about. A disabled account is refused in the same words as a wrong password."""
        if journey.goal is Goal.SIGN_UP:
            return None
        user = await self._users.get(context, journey.user_id) if journey.user_id else None
        if user is None or user.status is not UserStatus.ACTIVE:
            raise Refusal(LoginDecision(verdict=Verdict.DENY, reason="the account is not active"))
        return user

    async def _new_user(self, context: Context, journey: Journey) -> NewUser | None:
        """The user that a sign-up will create, checked by the hooks before the transaction."""
        if journey.goal is not Goal.SIGN_UP:
            return None
        if journey.draft is None or journey.draft.taken or journey.claimed is None:
            raise Conflict("the address has an account already")
        verified = journey.claimed in journey.verified
        identifier = NewIdentifier(kind=journey.claimed.kind, value=journey.claimed.value, verified=verified)
        new = NewUser(
            identifiers=(identifier,),
            attributes=journey.draft.attributes,
            locale=journey.locale or None,
            pool=context.pool,
        )
        if problems := await self._hooks.validate_user(context, new):
            raise Refusal(
                LoginDecision(verdict=Verdict.DENY, reason="refused by a check", public=next(iter(problems.values())))
            )
        return new

    async def _create(self, context: Context, journey: Journey, new: NewUser) -> User:
        user = await self._users.create(context, new)
        for credential in journey.draft.credentials if journey.draft else ():
            await self._credentials.add(context, user.id, credential)
        return user

    async def _decide(self, context: Context, journey: Journey, user: User | None) -> None:
        """Ask the decision hooks; a step-up that is reached already is an allow."""
        if user is None:
            return
        acr = achieved(journey.proofs)
        attempt = LoginAttempt(
            user_id=user.id,
            application=journey.requirement.application,
            acr=acr,
            proofs=journey.proofs,
            goal=journey.goal,
            journey=journey.id,
            roles=user.roles,
        )
        decision = await self._hooks.authorize_login(context, attempt)
        if decision.verdict is Verdict.DENY:
            await self._denied(context, journey, user.id, decision.reason)
            raise Refusal(decision)
        if decision.verdict is Verdict.STEP_UP and rank(decision.acr) > rank(acr):
            await self._tell(context, "journey.stepped_up", user.id, {"reason": decision.reason, "acr": decision.acr})
            raise StepUp(decision)

    async def out_of_reach(self, context: Context, journey: Journey, missing: str) -> None:
        """Tell that a decision asked for more than this person can show: that is a refusal too."""
        if journey.user_id is not None and journey.step_up_acr:
            await self._denied(context, journey, journey.user_id, f"{journey.step_up_acr} is out of reach: {missing}")

    async def _denied(self, context: Context, journey: Journey, user_id: UUID, reason: str) -> None:
        data = {"reason": reason, "journey": str(journey.id)}
        await self._tell(context, "journey.denied", user_id, data, result="refused")

    async def _tell(
        self, context: Context, type_: str, user_id: UUID, data: dict[str, Any], *, result: str = "ok"
    ) -> None:
        about = Object("user", str(user_id))
        await self._events.record(context, NewEvent(type=type_, object=about, person=user_id, data=data, result=result))

    async def _shape(self, context: Context, journey: Journey, user: User | None) -> Mapping[str, Any]:
        """What hooks say about the session that is to come."""
        if user is None:
            return {}
        at = authenticated_at(journey.proofs)
        preview = Session(
            tenant=context.tenant, id=new_id(), user_id=user.id, acr=achieved(journey.proofs), amr=amr_of(journey.proofs), proofs=journey.proofs,
            authenticated_at=at, created_at=at, last_seen_at=at, expires_at=at,
        )  # fmt: skip
        return await self._hooks.shape_session(context, preview)

    async def _has_second(self, context: Context, user: User) -> bool:
        """Whether a second factor was enrolled when the policy judged: within one request that is the same look."""
        return any(one.second for one in await self._credentials.summaries(context, user.id))

    async def _begin(
        self, context: Context, journey: Journey, user: User, current: Session | None, terms: Terms
    ) -> tuple[Session, str]:
        try:
            begun = await self._sessions.begin(
                context,
                user.id,
                proofs=journey.proofs,
                acr=achieved(journey.proofs),
                amr=amr_of(journey.proofs),
                lifetime=terms.settings,
                shape=terms.shape,
                replaces=current.id if current else None,
            )
        except NotSignedIn as problem:
            raise Refusal(LoginDecision(verdict=Verdict.DENY, reason="the account is not active")) from problem
        await self._use(context, journey, user, terms)
        await self._attempts.forget(context, msgspec.structs.replace(journey, user_id=user.id))
        return begun

    async def _use(self, context: Context, journey: Journey, user: User, terms: Terms) -> None:
        """Stamp what was proven with, and judge once more what may have changed since it was judged: a password that was
        changed proves nothing, and a second factor that came meanwhile is asked for.

        Beginning the session holds the user's row, so that a change waits for it or is seen here. What a session brought
        along ended with that session.
        """
        if journey.goal is Goal.SIGN_UP:  # whoever is made in this transaction is known to nobody else
            return
        shown = {proof.credential for proof in journey.proofs if proof.credential}
        used = await self._credentials.use(context, user.id, shown)
        if journey.session_id is None and not shown <= used.credentials:
            raise Refusal(LoginDecision(verdict=Verdict.DENY, reason="a credential is gone that was proven"))
        if used.has_second and not terms.has_second:
            raise Lost("a second factor was enrolled meanwhile")
