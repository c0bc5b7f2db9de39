"""Authorization requests that are misread."""

from __future__ import annotations

import httpx2

from tests.conformance.defects.meddling import (
    AUTHORIZE,
    TOKEN,
    answering,
    asking,
    changed,
    forging,
    form_of,
    ignoring,
    is_at,
    leading_to,
    posting,
    query_of,
    refusing,
    refusing_parameter,
    same,
)
from tests.conformance.defects.registry import defect
from tests.conformance.network import Send


async def goes_anywhere(request: httpx2.Request, send: Send) -> httpx2.Response:
    """A provider that sends its errors to whatever address is asked for."""
    response = await send(request)
    if is_at(request, AUTHORIZE) and response.status_code >= 400:
        return leading_to(query_of(request)["redirect_uri"], error="invalid_request")
    return response


async def guesses_response_type(request: httpx2.Request, send: Send) -> httpx2.Response:
    """A provider that takes a request without response_type for one for a code."""
    if is_at(request, AUTHORIZE):
        request = asking(request, {"response_type": "code", **query_of(request)})
    return await send(request)


async def forgets_pkce(request: httpx2.Request, send: Send) -> httpx2.Response:
    """A provider that reads neither challenge nor verifier."""
    if is_at(request, AUTHORIZE):
        query = query_of(request)
        request = asking(request, {name: value for name, value in query.items() if "code_challenge" not in name})
    if is_at(request, TOKEN):
        form = form_of(request)
        form.pop("code_verifier", None)
        request = posting(request, form)
    return await send(request)


async def locks_its_pages(request: httpx2.Request, send: Send) -> httpx2.Response:
    """A provider whose pages let no form lead to another site, though the answer to the last one does."""
    response = await send(request)
    if "content-security-policy" in response.headers:
        response.headers["content-security-policy"] = "form-action 'self'"
    return response


defect("oidcc-server", "the pages' form-action stops the answer", "a browser stops", same(locks_its_pages))
defect(
    "oidcc-response-type-missing",
    "response_type is guessed",
    "no error was answered",
    same(guesses_response_type),
)
defect(
    "oidcc-alternate-happy-flow",
    "openid must be the first scope",
    "refused: invalid_request",
    same(refusing(lambda query: not query["scope"].startswith("openid"))),
)
defect(
    "oidcc-alternate-happy-flow",
    "client_id must be the first parameter",
    "refused: invalid_request",
    same(refusing(lambda query: next(iter(query)) != "client_id")),
)
for module, parameter in (
    ("oidcc-display-page", "display"),
    ("oidcc-display-popup", "display"),
    ("oidcc-ui-locales", "ui_locales"),
    ("oidcc-claims-locales", "claims_locales"),
    ("oidcc-ensure-request-with-unknown-parameter-succeeds", "extra"),
    ("oidcc-ensure-request-with-acr-values-succeeds", "acr_values"),
    ("oidcc-ensure-request-with-valid-pkce-succeeds", "code_challenge"),
    ("oidcc-id-token-hint", "id_token_hint"),
):
    defect(
        module,
        f"{parameter} is refused",
        "refused: invalid_request",
        same(refusing_parameter(parameter)),
    )
defect(
    "oidcc-ensure-request-with-acr-values-succeeds",
    "acr says what nobody asked for",
    "acr isn't one",
    forging(changed(acr="another")),
)
defect(
    "oidcc-ensure-request-with-valid-pkce-succeeds",
    "the verifier is ignored",
    "a wrong verifier opens",
    same(forgets_pkce),
)
defect(
    "oidcc-ensure-post-request-succeeds",
    "a posted request is refused",
    "(405)",
    same(answering(AUTHORIZE, 405, "invalid_request", where=lambda request: request.method == "POST")),
)
for module in ("oidcc-ensure-registered-redirect-uri", "oidcc-ensure-request-object-with-redirect-uri"):
    defect(module, "errors go to an address that isn't registered", "was led", same(goes_anywhere))
defect("oidcc-login-hint", "login_hint is ignored", "doesn't take up login_hint", same(ignoring("login_hint")))
defect(
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "request_uri is ignored",
    "request_uri is ignored",
    same(ignoring("request_uri")),
)
defect(
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "request is ignored",
    "request is ignored",
    same(ignoring("request")),
)
