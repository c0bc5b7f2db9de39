"""Journeys for protocols and pages: is there a session that will do, and if not, the way to one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar.connection import Request
from litestar.response import Response

from xenia.applications.contracts import Applications
from xenia.clock import Clock
from xenia.context import Context
from xenia.http.cookies import BROWSER_SECONDS, Kind, read_cookie, set_cookie
from xenia.http.state import context_of, kernel_of, path_below, state_of, tenant_of
from xenia.ids import new_id
from xenia.journeys.assurance import LEVELS, rank
from xenia.journeys.contracts import Form
from xenia.journeys.models import Claimed, Goal, Journey, Outcome, Proven, Requirement, Resume
from xenia.journeys.offering import Offering
from xenia.journeys.store import JourneyStore
from xenia.security.secrets import digest, new_secret, same
from xenia.sessions.models import Proof, Session
from xenia.sessions.service import SessionService
from xenia.tenants.models import SignUpMode
from xenia.ui import Redirect
from xenia.users.contracts import Users
from xenia.users.models import IdentifierKind, User

BROWSER = "br"
_WITHOUT_SESSION = (Goal.SIGN_UP, Goal.RECOVER)


class JourneyService:
    """Implements :class:`xenia.journeys.contracts.Journeys`."""

    def __init__(
        self,
        store: JourneyStore,
        sessions: SessionService,
        users: Users,
        applications: Applications,
        offering: Offering,
        clock: Clock,
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._users = users
        self._applications = applications
        self._offering = offering
        self._clock = clock

    async def session(self, request: Request[Any, Any, Any]) -> Session | None:
        """Who is signed in in this browser, in this tenant. Read once per request."""
        state = state_of(request)
        if state["session"] is None:
            secret = read_cookie(request.headers.get("cookie", "").encode("latin-1"), Kind.SESSION, tenant_of(request))
            found = await self._sessions.by_secret(context_of(request), secret) if secret else None
            state["session"] = await self._undoubted(context_of(request), found) if found else None
        session: Session | None = state["session"]
        return session

    async def _undoubted(self, context: Context, session: Session) -> Session | None:
        """The session, unless plugins doubt that this browser is the one it began in: then it ends, wherever it is used."""
        if reason := await self._offering.doubted(context, session):
            await self._sessions.end(context, session.id, reason=reason)
            return None
        return session

    async def require(
        self, request: Request[Any, Any, Any], requirement: Requirement, resume: Resume
    ) -> Session | Response[Any] | Outcome:
        """A session that satisfies the requirement, the way to one, or why silence is impossible."""
        session = await self.session(request)
        if session and not requirement.sign_up and await self._satisfies(request, session, requirement):
            return session
        if not requirement.interactive:
            return Outcome.LOGIN_REQUIRED
        if requirement.sign_up:
            return await self.start(request, Goal.SIGN_UP, resume, requirement)
        goal = Goal.STEP_UP if session and requirement.user_id in (None, session.user_id) else Goal.SIGN_IN
        return await self.start(request, goal, resume, requirement)

    async def _satisfies(self, request: Request[Any, Any, Any], session: Session, requirement: Requirement) -> bool:
        if requirement.login or requirement.user_id not in (None, session.user_id):
            return False
        if requirement.max_age is not None and self._age(session) > requirement.max_age:
            return False
        return rank(session.acr) >= rank(await self._bar(context_of(request), requirement, session.user_id))

    def _age(self, session: Session) -> float:
        return (self._clock.now() - session.authenticated_at).total_seconds()

    async def _bar(self, context: Context, requirement: Requirement, user_id: UUID) -> str:
        """The assurance that tenant, application and an essential wish ask for of this person."""
        wanted = requirement.application
        application = await self._applications.get(context, wanted) if wanted else None
        settings = await self._offering.sign_in_settings(context)
        known = [acr for acr in requirement.acr_values if acr in LEVELS]
        asked = (
            min(known, key=rank)
            if known and requirement.acr_essential
            else ("unknown" if requirement.acr_essential else "")
        )
        of_roles = await self._offering.role_acr(context, settings, user_id)
        return max(settings.required_acr, of_roles, application.required_acr if application else "", asked, key=rank)

    async def start(
        self,
        request: Request[Any, Any, Any],
        goal: Goal,
        resume: Resume,
        requirement: Requirement = Requirement(),  # noqa: B008  an immutable value
        enrolment: str = "",
        proven: Proven | None = None,
    ) -> Response[Any]:
        """Begin a journey, bound to this browser, and go to its first page. Where nobody may register, whoever comes to
        do so is led to sign in. A recovery may begin with a proof.
        """
        context = context_of(request).for_application(requirement.application)
        settings = await self._offering.sign_in_settings(context)
        if goal is Goal.SIGN_UP and settings.sign_up is not SignUpMode.OPEN:
            goal = Goal.SIGN_IN
        session = await self.session(request) if goal in (Goal.STEP_UP, Goal.ENROL) else None
        user = await self._users.get(context, session.user_id) if session else None
        journey = self._begun(context, goal, resume, requirement, session, user)
        journey = msgspec.structs.replace(journey, enrolment=enrolment, locale=context.locale)
        if proven is not None and goal is Goal.RECOVER:
            journey = await self._with_proof(context, journey, proven)
        handle = await self._store.create(
            context, journey, browser_of(request), timedelta(minutes=settings.journey_minutes)
        )
        return Redirect(path_below(request, f"/journey/{handle}"))

    async def _with_proof(self, context: Context, journey: Journey, proven: Proven) -> Journey:
        user = await self._users.get(context, proven.user_id)
        claimed = Claimed(IdentifierKind.EMAIL, user.email) if user and user.email else None
        return msgspec.structs.replace(journey, user_id=proven.user_id, claimed=claimed, proofs=(proven.proof,))

    def _begun(
        self,
        context: Context,
        goal: Goal,
        resume: Resume,
        requirement: Requirement,
        session: Session | None,
        user: User | None,
    ) -> Journey:
        journey = Journey(
            id=new_id(),
            tenant=context.tenant,
            goal=goal,
            started_at=self._clock.now(),
            requirement=requirement,
            resume=resume,
        )
        if session is None or user is None:
            return journey if goal in _WITHOUT_SESSION else msgspec.structs.replace(journey, goal=Goal.SIGN_IN)
        known = user.identifiers[0] if user.identifiers else None
        claimed = Claimed(known.kind, known.value) if known else None
        proofs = self._kept(session, requirement)
        return msgspec.structs.replace(journey, user_id=user.id, session_id=session.id, claimed=claimed, proofs=proofs)

    def _kept(self, session: Session, requirement: Requirement) -> tuple[Proof, ...]:
        """The proofs of the session that still count: none where a fresh sign-in is asked for."""
        if requirement.login or (requirement.max_age is not None and self._age(session) > requirement.max_age):
            return ()
        return session.proofs

    async def go_on(self, request: Request[Any, Any, Any], journey_id: UUID, form: Form) -> Response[Any] | None:
        """Post a form to a journey of this browser from a page outside of it. Wherever it leads, it leads there by a
        redirect, so that no page of the journey stands under a foreign address.
        """
        found = await self._store.by_id(context_of(request), journey_id)
        browser = state_of(request)["browser"]
        if found is None or not browser or not same(digest(browser), found.browser):
            return None
        handle = found.journey.handle
        answer = await kernel_of(request).runner.submit(request, handle, form)
        led_away = answer.status_code == 303
        return answer if led_away else Redirect(path_below(request, f"/journey/{handle}"))

    async def sign_out(self, request: Request[Any, Any, Any], *, reason: str) -> Session | None:
        """End this browser's session; the answer drops the cookie."""
        session = await self.session(request)
        state = state_of(request)
        state["cookies"].append(set_cookie(Kind.SESSION, tenant_of(request), ""))
        state["session"] = None
        if session is None:
            return None
        await self._sessions.end(context_of(request), session.id, reason=reason)
        return session

    def sign_in_browser(self, request: Request[Any, Any, Any], session: Session, secret: str) -> None:
        """Give the browser its session cookie with the answer."""
        state = state_of(request)
        seconds = int((session.expires_at - self._clock.now()).total_seconds())
        state["cookies"].append(set_cookie(Kind.SESSION, tenant_of(request), secret, seconds=seconds))
        state["session"] = session


def browser_of(request: Request[Any, Any, Any]) -> str:
    """The browser's own secret; a fresh one goes out with the answer where it has none."""
    state = state_of(request)
    if not state["browser"]:
        state["browser"] = new_secret(BROWSER)
        state["cookies"].append(set_cookie(Kind.BROWSER, tenant_of(request), state["browser"], seconds=BROWSER_SECONDS))
    browser: str = state["browser"]
    return browser
