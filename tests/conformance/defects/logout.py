"""Sign-outs that lead astray, or don't happen."""

from __future__ import annotations

import httpx2

from tests.conformance.defects.meddling import LOGOUT, is_at, leading_to, query_of, same
from tests.conformance.defects.registry import defect
from tests.conformance.network import Send
from tests.conformance.providers.provider import SIGNED_OUT

_PREFIX = "oidcc-rp-initiated-logout"


async def _only_says_so(request: httpx2.Request, send: Send) -> httpx2.Response:
    """A provider that leads back without ending anything."""
    query = query_of(request)
    if is_at(request, LOGOUT) and "post_logout_redirect_uri" in query:
        state = {"state": query["state"]} if "state" in query else {}
        return leading_to(query["post_logout_redirect_uri"], **state)
    return await send(request)


async def _shrugs(request: httpx2.Request, send: Send) -> httpx2.Response:
    """A provider that shows a page and ends nothing."""
    return httpx2.Response(200, text="Goodbye") if is_at(request, LOGOUT) else await send(request)


async def _leads_anywhere(request: httpx2.Request, send: Send) -> httpx2.Response:
    """A provider that goes to whatever address is asked for, and to a registered one unasked."""
    response = await send(request)
    if is_at(request, LOGOUT):
        return leading_to(query_of(request).get("post_logout_redirect_uri", SIGNED_OUT))
    return response


async def _makes_up_a_state(request: httpx2.Request, send: Send) -> httpx2.Response:
    response = await send(request)
    if is_at(request, LOGOUT) and response.headers.get("location") == SIGNED_OUT:
        return leading_to(SIGNED_OUT, state="made up")
    return response


defect(_PREFIX, "the session lives on", "still signed in", same(_only_says_so))
defect(_PREFIX, "the person isn't led back", "wasn't led back", same(_shrugs))
defect(f"{_PREFIX}-no-state", "a state is made up", "state came back changed", same(_makes_up_a_state))
defect(f"{_PREFIX}-no-state", "the session lives on", "still signed in", same(_only_says_so))
for name in ("no-post-logout-redirect-uri", "no-params", "only-state"):
    defect(f"{_PREFIX}-{name}", "the session lives on", "still signed in", same(_shrugs))
    defect(f"{_PREFIX}-{name}", "the person is led to the application unasked", "was led away", same(_leads_anywhere))
for name, wrong in (
    ("no-id-token-hint", "nobody has to say who asks"),
    ("bad-post-logout-redirect-uri", "an address that isn't registered is gone to"),
    ("query-added-to-post-logout-redirect-uri", "addresses are compared without their query"),
    ("modified-id-token-hint", "a hint's signature isn't checked"),
    ("bad-id-token-hint", "anybody's signature is believed"),
):
    defect(f"{_PREFIX}-{name}", wrong, "was led away", same(_leads_anywhere))
