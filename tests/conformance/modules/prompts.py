"""When the person is asked again, and when never (OpenID Connect Core section 3.1.2.1: prompt and max_age)."""

from __future__ import annotations

from tests.conformance.expect import expect
from tests.conformance.registry import Run, module
from tests.conformance.relying_party import SignIn
from tests.conformance.visitor import Page, stayed

_SILENT_ERRORS = ("login_required", "interaction_required", "consent_required", "account_selection_required")


@module("oidcc-prompt-login")
async def prompt_login(run: Run) -> None:
    """prompt=login asks a person who is signed in again, and auth_time grows"""
    first = await _earlier(run)
    second = await _asked_again(run, prompt="login")
    expect(second.claims["sub"] == first.claims["sub"], "another person came back")
    expect(second.claims["auth_time"] > first.claims["auth_time"], "auth_time didn't grow")


@module("oidcc-max-age-1")
async def max_age_1(run: Run) -> None:
    """max_age=1 asks again who signed in two seconds ago; auth_time is there and grows"""
    first = await _earlier(run)
    second = await _asked_again(run, max_age="1")
    expect("auth_time" in second.claims, "auth_time is missing")
    expect(second.claims["auth_time"] > first.claims["auth_time"], "auth_time didn't grow")


@module("oidcc-max-age-10000")
async def max_age_10000(run: Run) -> None:
    """max_age=10000 asks nobody who signed in two seconds ago; auth_time stays"""
    first = await _earlier(run)
    second = await _unasked(run, max_age="10000")
    expect("auth_time" in second.claims, "auth_time is missing")
    expect(second.claims["auth_time"] == first.claims["auth_time"], "auth_time changed without a sign-in")


@module("oidcc-prompt-none-not-logged-in")
async def prompt_none_not_logged_in(run: Run) -> None:
    """prompt=none for somebody who isn't signed in is answered with an error, without any page"""
    asked = run.rp.request(prompt="none")
    error = run.rp.error(asked, await run.rp.ask(run.visitor, asked))
    expect(error in _SILENT_ERRORS, f"the wrong error: {error}")


@module("oidcc-prompt-none-logged-in")
async def prompt_none_logged_in(run: Run) -> None:
    """prompt=none for somebody who is signed in succeeds without a page: the same sub, the same auth_time"""
    first = await _earlier(run)
    second = await _unasked(run, prompt="none")
    expect(second.claims["sub"] == first.claims["sub"], "sub changed")
    expect(second.claims["auth_time"] == first.claims["auth_time"], "auth_time changed without a sign-in")


async def _earlier(run: Run) -> SignIn:
    """Tokens of a session that is two seconds old."""
    await run.rp.sign_in(run.visitor)
    await run.provider.let_pass(2)
    return await _unasked(run)


async def _unasked(run: Run, **changes: str) -> SignIn:
    asked = run.rp.request(**changes)
    outcome = await run.rp.ask(run.visitor, asked)
    expect(not isinstance(outcome, Page), "the person was asked though nothing was left to ask")
    return await run.rp.finish(asked, outcome)


async def _asked_again(run: Run, **changes: str) -> SignIn:
    asked = run.rp.request(**changes)
    outcome = await run.rp.ask(run.visitor, asked)
    page = stayed(outcome, "the person wasn't asked to sign in again")
    return await run.rp.finish(asked, await run.provider.sign_in(run.visitor, page))
