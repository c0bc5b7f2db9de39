"""What a browser asks for: whether a page has waited long enough, and what a picture says to whoever opens it without the app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import get
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import Host, NotFound, Page, context_of, parse_id, public, text
from xenia_push.challenges import Challenges

ENROL = "/push/enrol"
OVER = "push-over"
_DIGITS = 32


def waiting_path(host: Host, tenant: str, challenge: str) -> str:
    """Where a page asks. Only who was shown it can: an id is no secret."""
    return f"/push/waiting/{challenge}/{_tag(host, tenant, challenge)}"


def _tag(host: Host, tenant: str, challenge: str) -> str:
    return host.keyed_digest("push.waiting", tenant, challenge).hex()[:_DIGITS]


def routes(host: Host, challenges: Challenges) -> Sequence[BaseRouteHandler]:
    """Both."""

    @get(
        "/push/waiting/{challenge:str}/{tag:str}",
        opt={"guard": public("Says whether a request is over, not how; the address is known to its page alone.")},
        status_code=204,
    )
    async def waiting(request: Request[Any, Any, Any], challenge: FromPath[str], tag: FromPath[str]) -> Response[None]:
        """Nothing, and when the request is over an event for the page, which then posts its form."""
        context = context_of(request)
        wanted: UUID | None = parse_id(challenge)
        if wanted is None or tag != _tag(host, context.tenant, str(wanted)):
            raise NotFound("no page waits here")
        over = not await challenges.is_open(context, wanted)
        return Response(None, status_code=204, headers={"HX-Trigger": OVER} if over else None)

    @get(ENROL, opt={"guard": public("A sentence without any data; the token in the address never comes here.")})
    async def enrol() -> Page:
        """The picture was opened by something else than the app."""
        data = {
            "lead": text("push.link.lead"),
            "symbol": "phone",
            "next": {"label": text("push.enrol.back"), "href": "/account/security"},
        }
        return Page("auth/message.html", data, title=text("push.link.title"))

    return (waiting, enrol)
