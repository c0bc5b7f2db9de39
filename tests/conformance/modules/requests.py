"""Authorization requests of every legal shape succeed, and illegal ones are refused (OpenID Connect Core section 3.1.2.1)."""

from __future__ import annotations

import base64
import hashlib

from tests.conformance.expect import expect
from tests.conformance.registry import Run, module
from tests.conformance.visitor import Page, stayed

_VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-0123456789"
_CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).rstrip(b"=").decode()


@module("oidcc-response-type-missing")
async def response_type_missing(run: Run) -> None:
    """Without response_type there is an error, at the application or on a page, and no code"""
    asked = run.rp.request(response_type=None)
    outcome = await run.rp.ask(run.visitor, asked)
    if isinstance(outcome, Page):
        expect(outcome.status >= 400, "no error was answered: a page is shown")
    else:
        error = run.rp.error(asked, outcome)
        expect(error in ("invalid_request", "unsupported_response_type"), f"the wrong error: {error}")


@module("oidcc-alternate-happy-flow")
async def alternate_happy_flow(run: Run) -> None:
    """The order of scopes and of parameters doesn't matter"""
    asked = run.rp.request(scope="email openid")
    done = await run.rp.sign_in(run.visitor, dict(reversed(asked.items())))
    expect((await run.rp.userinfo(done.access_token)).get("email"), "UserInfo doesn't say email")


@module("oidcc-display-page")
async def display_page(run: Run) -> None:
    """display=page succeeds"""
    await run.rp.sign_in(run.visitor, display="page")


@module("oidcc-display-popup")
async def display_popup(run: Run) -> None:
    """display=popup succeeds"""
    await run.rp.sign_in(run.visitor, display="popup")


@module("oidcc-ui-locales")
async def ui_locales(run: Run) -> None:
    """ui_locales, known or not, succeeds"""
    await run.rp.sign_in(run.visitor, ui_locales="se fr")


@module("oidcc-claims-locales")
async def claims_locales(run: Run) -> None:
    """claims_locales, known or not, succeeds"""
    await run.rp.sign_in(run.visitor, claims_locales="se fr")


@module("oidcc-ensure-request-with-unknown-parameter-succeeds")
async def request_with_unknown_parameter(run: Run) -> None:
    """A parameter that nobody knows is ignored"""
    await run.rp.sign_in(run.visitor, extra="foobar")


@module("oidcc-ensure-request-with-acr-values-succeeds")
async def request_with_acr_values(run: Run) -> None:
    """acr_values succeeds; who announces values says in acr which of them was reached"""
    offered = (await run.rp.metadata()).get("acr_values_supported", [])
    done = await run.rp.sign_in(run.visitor, acr_values=" ".join(offered or ["1", "2"]))
    expect(not offered or done.claims.get("acr") in offered, "acr isn't one of the values that were asked for")


@module("oidcc-ensure-request-with-valid-pkce-succeeds")
async def request_with_valid_pkce(run: Run) -> None:
    """PKCE with S256 succeeds with the right verifier, and with that one alone"""
    locked = run.rp.request(code_challenge=_CHALLENGE, code_challenge_method="S256")
    await run.rp.sign_in(run.visitor, locked, verifier=_VERIFIER)
    code = run.rp.code(locked, await run.rp.ask(run.visitor, locked))
    expect((await run.rp.redeem(code, verifier=_VERIFIER[::-1])).status_code == 400, "a wrong verifier opens the code")


@module("oidcc-ensure-post-request-succeeds")
async def post_request(run: Run) -> None:
    """A request that is posted succeeds"""
    asked = run.rp.request()
    outcome = await run.rp.ask(run.visitor, asked, by_post=True)
    await run.rp.finish(asked, await run.rp.passed(run.visitor, outcome))


@module("oidcc-ensure-registered-redirect-uri")
async def registered_redirect_uri(run: Run) -> None:
    """An address that isn't registered is shown as an error on a page, and never gone to"""
    outcome = await run.rp.ask(run.visitor, run.rp.request(redirect_uri=f"{run.rp.client.redirect_uri}/other"))
    page = stayed(outcome, "the person was led to an address that isn't registered")
    expect(page.status >= 400, "no error was shown")
