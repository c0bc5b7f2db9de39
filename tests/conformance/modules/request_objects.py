"""Request objects are understood or refused by name, never ignored (OpenID Connect Core sections 6.1, 6.2 and 3.1.2.6)."""

from __future__ import annotations

from tests.conformance.expect import expect
from tests.conformance.jose import unsigned_of
from tests.conformance.registry import Run, module
from tests.conformance.visitor import Page, stayed

_OBJECT_ADDRESS = "https://rp.example/request.jwt"


@module("oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported")
async def request_uriunsigned_of(run: Run) -> None:
    """request_uri that isn't offered is refused as request_uri_not_supported"""
    expect((await run.rp.metadata()).get("request_uri_parameter_supported") is False, "request_uri is offered")
    await _refused(run, "request_uri", _OBJECT_ADDRESS)


@module("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported")
async def unsigned_request_object(run: Run) -> None:
    """request that isn't offered is refused as request_not_supported"""
    expect(not (await run.rp.metadata()).get("request_parameter_supported"), "request is offered")
    await _refused(run, "request", unsigned_of(run.rp.request()))


@module("oidcc-ensure-request-object-with-redirect-uri")
async def request_object_with_redirect_uri(run: Run) -> None:
    """A redirect_uri that is registered inside a request object doesn't make a wrong one outside of it right"""
    good = run.rp.request()
    asked = {**good, "redirect_uri": f"{good['redirect_uri']}/other", "request": unsigned_of(good)}
    outcome = await run.rp.ask(run.visitor, asked)
    page = stayed(outcome, "the person was led away though request objects aren't offered")
    expect(page.status >= 400, "no error was shown")


async def _refused(run: Run, name: str, value: str) -> None:
    asked = {**run.rp.request(), name: value}
    outcome = await run.rp.ask(run.visitor, asked)
    expect(not isinstance(outcome, Page) or outcome.status >= 400, f"{name} is ignored")
    if not isinstance(outcome, Page):
        expect(run.rp.error(asked, outcome) == f"{name}_not_supported", f"{name} is refused by another name")
