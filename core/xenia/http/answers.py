"""How an error is answered: as a page for people, as problem+json (RFC 9457) for programs, and bare before the
framework.
"""

from __future__ import annotations

from typing import Any

import msgspec
from asyncpg.exceptions import CharacterNotInRepertoireError, UntranslatableCharacterError
from litestar.connection import Request
from litestar.exceptions import HTTPException, MethodNotAllowedException, ValidationException
from litestar.response import Response
from litestar.types import Scope, Send

from xenia.errors import (
    BadRequest,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    RequestRefused,
    TooLarge,
    TooMany,
    Unavailable,
    XeniaError,
)
from xenia.http.state import kernel_of
from xenia.log import log
from xenia.messages import text
from xenia.ui import Page

PROBLEM = "application/problem+json"


class WrongMethod(BadRequest):
    """The path is there, the method isn't (RFC 9110 section 15.5.6)."""

    status = 405

    def __init__(self, detail: str = "", *, allow: str = "") -> None:
        super().__init__(detail)
        self.allow = allow


_BY_STATUS: dict[int, type[RequestRefused]] = {
    400: BadRequest,
    401: NotSignedIn,
    403: Forbidden,
    404: NotFound,
    413: TooLarge,
}

JOURNEY = "/journey/"


def headers_of(problem: XeniaError) -> dict[str, str]:
    """The headers that belong to a problem."""
    if isinstance(problem, TooMany | Unavailable):
        return {"Retry-After": str(problem.retry_after)}
    if isinstance(problem, WrongMethod):
        return {"Allow": problem.allow}
    return {"WWW-Authenticate": "Bearer"} if isinstance(problem, NotSignedIn) else {}


def problem_of(problem: XeniaError, request_id: str, title: str) -> dict[str, Any]:
    """The problem document (RFC 9457 section 3)."""
    document: dict[str, Any] = {
        "type": f"urn:xenia:error:{problem.code}",
        "title": title,
        "status": problem.status,
        "request_id": request_id,
    }
    if isinstance(problem, Invalid | BadRequest) and (problem.fields or isinstance(problem, Invalid)):
        document["errors"] = {name: sentence.id for name, sentence in problem.fields.items()}
    return document


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a person asked, with a browser."""
    return "text/html" in request.headers.get("accept", "") and not request.scope["path"].startswith("/api/")


def answer(request: Request[Any, Any, Any], problem: XeniaError) -> Response[Any]:
    """The answer to a refused or failed request, inside the framework."""
    state = request.scope["state"]
    if problem.status >= 500:
        log.error("request_failed", path=request.scope["path"], request_id=state["request_id"], problem=problem.detail)
    kernel = kernel_of(request)
    if wants_page(request) and kernel.renderer is not None:
        data: dict[str, Any] = {
            "sentence": problem.public,
            "reference": state["request_id"],
            "status": problem.status,
            "code": problem.code,
        }
        if request.scope["path"].startswith(JOURNEY):
            data["next"] = {"href": "/sign-in", "label": text("journey.start_over")}
        return Page(
            "errors/error.html",
            data,
            title=text(f"error.title.{problem.code}"),
            status=problem.status,
            headers=headers_of(problem),
        )
    said = kernel.catalogue.say(problem.public, state["context"].locale)
    return Response(
        problem_of(problem, state["request_id"], said),
        status_code=problem.status,
        media_type=PROBLEM,
        headers=headers_of(problem),
    )


def from_framework(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    """Every exception that reaches the framework's edge, ours or not."""
    return answer(request, translated(problem))


def translated(problem: Exception) -> XeniaError:
    """Any exception as one of ours; what we don't know is a 500 that tells nothing."""
    if isinstance(problem, XeniaError):
        return problem
    if isinstance(problem, CharacterNotInRepertoireError | UntranslatableCharacterError):
        return BadRequest("a character that the database doesn't take")
    if isinstance(problem, ValidationException):
        fields = {
            str(item.get("key", "")): text("error.value") for item in problem.extra or [] if isinstance(item, dict)
        }
        return Invalid(fields or {"": text("error.invalid")}, detail=problem.detail)
    if isinstance(problem, MethodNotAllowedException):
        return WrongMethod(problem.detail, allow=(problem.headers or {}).get("allow", ""))
    if isinstance(problem, HTTPException) and problem.status_code < 500:
        return _BY_STATUS.get(problem.status_code, BadRequest)(problem.detail)
    log.error("unexpected", problem=repr(problem), type=type(problem).__name__)
    return XeniaError(repr(problem))


async def plain_answer(problem: XeniaError, scope: Scope, send: Send) -> None:
    """The answer where the framework isn't in play: unknown tenants and paths, bodies too large."""
    document = problem_of(problem, scope["state"]["request_id"], problem.code.replace("_", " "))
    headers = [
        (b"content-type", PROBLEM.encode()),
        *((name.lower().encode(), value.encode()) for name, value in headers_of(problem).items()),
    ]
    body = msgspec.json.encode(document)
    await send(
        {
            "type": "http.response.start",
            "status": problem.status,
            "headers": [*headers, (b"content-length", str(len(body)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
