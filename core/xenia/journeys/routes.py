"""The journey's addresses: where one begins, where it is, and signing out."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any, TypeVar

import msgspec
from litestar import get, post
from litestar.connection import Request
from litestar.params import FromPath
from litestar.response import Response

from xenia.errors import BadRequest
from xenia.http.models import public, signed_in
from xenia.http.state import context_of, kernel_of, path_below
from xenia.journeys.models import Goal, Requirement, Resume
from xenia.journeys.offering import is_ready
from xenia.messages import text
from xenia.security.redirects import same_origin_path
from xenia.ui import Page, Redirect

ENTRY = {"guard": public("The beginning of a sign-in: nobody is signed in yet.")}
STEP = {
    "guard": public(
        "A step of a journey: guarded by its unguessable handle and the cookie of the browser that began it."
    )
}
MAX_FIELDS = 40


@get("/sign-in", opt=ENTRY)
async def sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Sign in, then go to the account (or back to the page of ours that ``next`` names)."""
    return await _begin(request, Goal.SIGN_IN)


@get("/sign-up", opt=ENTRY)
async def sign_up(request: Request[Any, Any, Any]) -> Response[Any]:
    """Register, then go to the account."""
    return await _begin(request, Goal.SIGN_UP)


@get("/recover/account", opt=ENTRY)
async def recover(request: Request[Any, Any, Any]) -> Response[Any]:
    """Prove who one is by whatever is left, and get another way in, as sure as the account was before."""
    return await _begin(request, Goal.RECOVER)


async def _begin(request: Request[Any, Any, Any], goal: Goal) -> Response[Any]:
    if origin := await kernel_of(request).runner.origin(request, request.query_params.get("from", "")):
        return await kernel_of(request).journeys.start(request, goal, *origin)
    wanted = same_origin_path(request.query_params.get("next", ""))
    wanted = wanted or ("/account/security" if goal is Goal.RECOVER else "")
    resume = Resume("page", {"path": wanted}) if wanted else Resume("account")
    requirement = Requirement(login_hint=request.query_params.get("login_hint", "")[:254])
    return await kernel_of(request).journeys.start(request, goal, resume, requirement)


@get("/journey/{handle:str}", opt=STEP)
async def show(request: Request[Any, Any, Any], handle: FromPath[str]) -> Response[Any]:
    """What the journey needs now."""
    return await kernel_of(request).runner.show(request, handle)


@post("/journey/{handle:str}", opt=STEP, status_code=200)
async def submit(request: Request[Any, Any, Any], handle: FromPath[str]) -> Response[Any]:
    """Judge the form of a step."""
    return await kernel_of(request).runner.submit(request, handle, await form_of(request))


async def form_of(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The posted fields, each once and each a text (or JSON of texts for native applications)."""
    if request.content_type[0] == "application/json":
        try:
            fields = msgspec.json.decode(await request.body(), type=dict[str, str])
        except (msgspec.DecodeError, RecursionError) as problem:
            raise BadRequest("a JSON object of texts is wanted") from problem
        return _few(fields)
    given = list((await request.form()).multi_items())
    _few(given)
    fields = {}
    for name, value in given:
        if not isinstance(value, str):
            raise BadRequest("a file where a text is wanted")
        if fields.setdefault(name, value) != value:
            raise BadRequest("a field was given twice")
    return fields


F = TypeVar("F", bound=Sized)


def _few(fields: F) -> F:
    if len(fields) > MAX_FIELDS:
        raise BadRequest("too many fields")
    return fields


@get("/sign-out", opt={"guard": public("Asks for a confirmation; changes nothing.")})
async def ask_sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """Ask whether to sign out."""
    if await kernel_of(request).journeys.session(request) is None:
        return Page("auth/signed_out.html", {}, title=text("journey.signed_out.title"))
    data = {
        "action": "/sign-out",
        "lead": text("journey.sign_out.lead"),
        "label": text("journey.sign_out.yes"),
        "cancel": "/account",
    }
    return Page("auth/confirm.html", data, title=text("journey.sign_out.title"))


@post("/sign-out", opt={"guard": public("Ends this browser's own session; same-site only.")}, status_code=200)
async def sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """Sign out, everywhere this session reaches."""
    await kernel_of(request).journeys.sign_out(request, reason="signed out")
    return Page("auth/signed_out.html", {}, title=text("journey.signed_out.title"))


@post("/account/enrol/{name:str}", opt={"guard": signed_in()}, status_code=200)
async def enrol(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[Any]:
    """Begin an enrolment: a fresh sign-in is asked for first (OWASP ASVS 7.5.1)."""
    kernel = kernel_of(request)
    found = kernel.registry.view(request.scope["state"]["tenant"].plugins).enrolments.get(name)
    if found is None or not await is_ready(found, context_of(request)):
        return Redirect(path_below(request, "/account/security"))
    resume = Resume("page", {"path": "/account/security"})
    return await kernel.journeys.start(request, Goal.ENROL, resume, Requirement(max_age=FRESH_SECONDS), enrolment=name)


FRESH_SECONDS = 600
ROUTES = (sign_in, sign_up, recover, show, submit, ask_sign_out, sign_out, enrol)
