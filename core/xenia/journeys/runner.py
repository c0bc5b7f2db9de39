"""One request of a journey: find it, move it, keep it, show what comes next or end it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar.connection import Request
from litestar.response import Response

from xenia.context import Context
from xenia.credentials.contracts import Credentials
from xenia.db import Database
from xenia.errors import Conflict, Forbidden, NotFound, TooMany
from xenia.http.state import context_of, path_below, tenant_of
from xenia.journeys.contracts import Form
from xenia.journeys.engine import Engine, Moved, picked
from xenia.journeys.finish import Finisher, Lost, Refusal, StepUp
from xenia.journeys.models import Again, Goal, Journey, Requirement, Resume
from xenia.journeys.policy import Impossible
from xenia.journeys.service import JourneyService
from xenia.journeys.store import Found, JourneyStore
from xenia.log import log
from xenia.looks import looking_once
from xenia.messages import Text, text
from xenia.plugin.registry import Registry
from xenia.security.secrets import digest, same
from xenia.ui import Link, Page, Redirect, StepView

CANCEL = "cancel"


class Runner:
    """Serves the journey's address."""

    def __init__(
        self,
        database: Database,
        store: JourneyStore,
        engine: Engine,
        finisher: Finisher,
        journeys: JourneyService,
        credentials: Credentials,
        registry: Registry,
    ) -> None:
        self._database = database
        self._store = store
        self._engine = engine
        self._finisher = finisher
        self._journeys = journeys
        self._credentials = credentials
        self._registry = registry

    async def show(self, request: Request[Any, Any, Any], handle: str) -> Response[Any]:
        """The page of what is needed now."""
        with looking_once():
            context, found = await self._found(request, handle)
            return await self._led_on(request, context, found, handle)

    async def origin(self, request: Request[Any, Any, Any], handle: str) -> tuple[Resume, Requirement] | None:
        """Where a journey of this browser came from, so that another one (registering instead) leads to the same end."""
        found = await self._store.find(context_of(request), handle) if handle else None
        browser = request.scope["state"]["browser"]
        if found is None or not browser or not same(digest(browser), found.browser):
            return None
        return found.journey.resume, found.journey.requirement

    async def submit(self, request: Request[Any, Any, Any], handle: str, form: Form) -> Response[Any]:
        """Judge a form; the next page, or the journey's end. A form that was sent twice is led on."""
        with looking_once():
            return await self._judge(request, handle, form)

    async def _judge(self, request: Request[Any, Any, Any], handle: str, form: Form) -> Response[Any]:
        context, found = await self._found(request, handle)
        if found.done or not found.current:
            return Redirect(path_below(request, f"/journey/{handle}"))
        if form.get("action") == CANCEL:
            return await self._abandon(request, context, found)
        try:
            moved = await self._engine.submit(context, found.journey, form)
        except TooMany as problem:
            moved = Moved(journey=found.journey, errors={"": _too_many(problem.retry_after)}, status=429)
        except Impossible as problem:
            return self._impossible(context, found.journey, problem)
        if moved.status != 200 and await self._is_behind(context, handle):
            return Redirect(path_below(request, f"/journey/{handle}"))
        try:
            if moved.credentials or moved.stored is not None:  # what was enrolled counts for what is needed
                found, handle = await self._keep(context, found, moved, handle)
                moved = Moved(journey=found.journey, view=moved.view, errors=moved.errors, status=moved.status)
            return await self._onward(request, context, found, handle, moved)
        except Lost:
            return Redirect(path_below(request, f"/journey/{handle}"))

    async def _is_behind(self, context: Context, handle: str) -> bool:
        """Whether another request moved the journey while this one was judged: its refusal tells nothing then."""
        now = await self._store.find(context, handle)
        return now is not None and (now.done or not now.current)

    async def _led_on(
        self, request: Request[Any, Any, Any], context: Context, found: Found, handle: str
    ) -> Response[Any]:
        """The page of now, at the address of now; a journey that ended a moment ago resumes what it was for, in the
        session that it began.
        """
        if found.done:
            return await self._ended(request, context, found)
        if not found.current:
            return Redirect(path_below(request, f"/journey/{found.journey.handle}"))
        try:
            return await self._onward(request, context, found, handle, Moved(journey=found.journey))
        except Lost:
            return Redirect(path_below(request, f"/journey/{handle}"))

    async def _ended(self, request: Request[Any, Any, Any], context: Context, found: Found) -> Response[Any]:
        session = await self._journeys.session(request)
        if session is None or found.journey.user_id not in (None, session.user_id):
            raise NotFound("the journey is over", public=text("journey.gone"))
        return await self._resume(request, context, found.journey, session)

    async def _found(self, request: Request[Any, Any, Any], handle: str) -> tuple[Context, Found]:
        """The journey, if this is the browser that began it. Another browser gets no session out of it, and no hint.
        One that goes on from a session ends with that session: its proofs count no longer.
        """
        context = context_of(request)
        found = await self._store.find(context, handle)
        if found is None:
            raise NotFound("no such journey", public=text("journey.gone"))
        browser = request.scope["state"]["browser"]
        if not browser or not same(digest(browser), found.browser):
            raise Forbidden("another browser", public=text("journey.other_browser"))
        if found.journey.session_id is not None:
            session = await self._journeys.session(request)
            if session is None or session.id != found.journey.session_id:
                raise NotFound("its session ended", public=text("journey.gone"))
        return context.for_application(found.journey.requirement.application), found

    async def _keep(self, context: Context, found: Found, moved: Moved, handle: str) -> tuple[Found, str]:
        """Store the transition, with credentials that came with it. Raises where another request was first."""
        if moved.journey == found.journey and not moved.credentials:
            return found, handle
        if moved.credentials or moved.stored is not None:
            async with self._database.transaction():
                await self._add(context, moved)
                fresh = await self._saved(context, found, moved)
        else:  # one statement is a transaction by itself: two round trips less
            fresh = await self._saved(context, found, moved)
        journey = msgspec.structs.replace(moved.journey, handle=fresh or moved.journey.handle)
        return Found(journey, found.version + 1, found.browser), fresh or handle

    async def _add(self, context: Context, moved: Moved) -> None:
        """What came with the transition, for the person it is about, and what went for it."""
        for lost in moved.replaced:
            if moved.journey.user_id is not None:
                await self._credentials.remove(context, moved.journey.user_id, lost)
        for credential in moved.credentials:
            if moved.journey.user_id is None:
                raise NotFound("an enrolment without a person")
            await self._credentials.add(context, moved.journey.user_id, credential)
        if moved.stored is not None and moved.journey.user_id is not None:
            await moved.stored(context, moved.journey.user_id)

    async def _saved(self, context: Context, found: Found, moved: Moved) -> str:
        """The new handle, ``""`` where it stays. Raises :class:`Lost`."""
        fresh = await self._store.save(context, moved.journey, found.version, rotate=moved.rotate)
        if fresh is None:
            raise Lost("another request moved this journey")
        return fresh

    async def _onward(
        self, request: Request[Any, Any, Any], context: Context, found: Found, handle: str, moved: Moved
    ) -> Response[Any]:
        """Show what ``moved`` needs now, or finish. What finishes is not stored before: the journey's end is its last
        transition, and decides like every other which of two requests made it.
        """
        try:
            need = None if moved.view else await self._engine.need(context, moved.journey)
            if need is None and moved.view is None:
                return await self._finish(request, context, found, handle, moved)
            found, handle = await self._keep(context, found, moved, handle)
            shown = (
                Again(view=moved.view)
                if need is None
                else await self._engine.view(context, found.journey, need, moved.errors)
            )
        except Impossible as problem:
            if moved.stepped_up:  # told once, not each time the page is loaded again
                await self._finisher.out_of_reach(context, moved.journey, problem.missing)
            return self._impossible(context, moved.journey, problem)
        if need is not None and shown.remember is not None:
            found, handle = await self._keep(
                context, found, _remembering(found.journey, picked(found.journey, need), shown), handle
            )
        return await self._page(request, found, handle, shown.view, moved.status)

    async def _finish(
        self, request: Request[Any, Any, Any], context: Context, found: Found, handle: str, moved: Moved
    ) -> Response[Any]:
        reached = msgspec.structs.replace(found, journey=moved.journey)
        try:
            session, secret = await self._finisher.finish(context, reached, await self._journeys.session(request))
        except StepUp as wanted:
            raised = wanted.of(moved.journey)
            kept, handle = await self._keep(context, found, Moved(journey=raised, rotate=moved.rotate), handle)
            return await self._onward(request, context, kept, handle, Moved(journey=kept.journey, stepped_up=True))
        except Refusal as refusal:
            await self._keep(
                context, found, moved, handle
            )  # whoever asks again is refused again, not asked to prove again
            return self._message("journey.denied.title", refusal.decision.public or text("journey.denied"), status=403)
        except Conflict:
            return self._message("journey.taken.title", text("journey.taken"), status=409)
        self._journeys.sign_in_browser(request, session, secret)
        return await self._resume(request, context, moved.journey, session)

    async def _resume(
        self, request: Request[Any, Any, Any], context: Context, journey: Journey, session: Any
    ) -> Response[Any]:
        tenant = tenant_of(request)
        protocol = self._registry.view(tenant.plugins).protocols.get(journey.resume.protocol)
        if protocol is None:
            return Redirect(path_below(request, "/"))
        answer = await protocol.resume(context, journey.resume.data, session, request)
        return _for_htmx(request, answer)

    async def _abandon(self, request: Request[Any, Any, Any], context: Context, found: Found) -> Response[Any]:
        protocol = self._registry.view(tenant_of(request).plugins).protocols.get(found.journey.resume.protocol)
        if protocol is None or not await self._store.finish(context, found.journey, found.version):
            return Redirect(path_below(request, "/"))
        return _for_htmx(request, await protocol.abandon(context, found.journey.resume.data, request))

    async def _page(
        self, request: Request[Any, Any, Any], found: Found, handle: str, view: StepView | None, status: int
    ) -> Response[Any]:
        assert view is not None  # noqa: S101  every need has a view
        view = msgspec.structs.replace(view, links=tuple(_onward_link(link, handle) for link in view.links))
        action = path_below(request, f"/journey/{handle}")
        if "text/html" not in request.headers.get("accept", "text/html"):
            return Response(
                {"action": action, "goal": found.journey.goal, "view": msgspec.to_builtins(view)}, status_code=status
            )
        if view.lets_in and request.headers.get("hx-request"):  # a policy is a document's, so this needs one of its own
            return Response(None, status_code=200, headers={"HX-Redirect": action})
        title = view.title
        can_change = found.journey.goal in (Goal.SIGN_IN, Goal.SIGN_UP, Goal.RECOVER)
        data = {"view": view, "action": action, "handle": handle, "can_change": can_change}
        headers = {"HX-Push-Url": action} if request.headers.get("hx-request") else None
        away = found.journey.resume.data.get("leads_to")
        return Page(
            "auth/journey.html",
            data,
            title=title,
            status=status,
            errors=view.errors,
            form_action=(str(away),) if away else (),
            lets_in=view.lets_in,
            headers=headers,
        )

    def _impossible(self, context: Context, journey: Journey, problem: Impossible) -> Response[Any]:
        """What the policy requires can't be had: a clear refusal, never a weaker sign-in. The log says which decision required it."""
        asked = {"problem": journey.step_up_reason} if journey.step_up_reason else {}
        log.warning("journey_impossible", tenant=context.tenant, reason=problem.missing, **asked)
        lead = text("journey.impossible", missing=problem.missing)
        return self._message("journey.impossible.title", lead, status=403)

    def _message(self, title: str, sentence: Text, *, status: int) -> Response[Any]:
        data: Mapping[str, Any] = {"lead": sentence, "next": {"href": "/sign-in", "label": text("journey.start_over")}}
        return Page("auth/message.html", data, title=text(title), status=status)


def _onward_link(link: Link, handle: str) -> Link:
    """Links to the other way in carry where this journey came from."""
    if link.href not in ("/sign-in", "/sign-up"):
        return link
    return msgspec.structs.replace(link, href=f"{link.href}?from={handle}")


def _remembering(journey: Journey, name: str, shown: Again) -> Moved:
    data = {**journey.data, name: shown.remember or {}}
    return Moved(journey=msgspec.structs.replace(journey, data=data))


def _for_htmx(request: Request[Any, Any, Any], answer: Response[Any]) -> Response[Any]:
    """A journey's end leaves the page: htmx is told to go there, since it can't follow to another origin."""
    location = answer.headers.get("Location")
    if not location or not request.headers.get("hx-request"):
        return answer
    return Response(None, status_code=200, headers={"HX-Redirect": location})


def _too_many(seconds: int) -> Text:
    minutes = -(-seconds // 60)
    return text("journey.too_many", minutes=minutes, count=minutes)
