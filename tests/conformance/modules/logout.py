"""Signing out by an application's wish (OpenID Connect RP-Initiated Logout 1.0 sections 2 and 3)."""

from __future__ import annotations

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.conformance.expect import expect
from tests.conformance.jose import broken, unsigned
from tests.conformance.providers.provider import SIGNED_OUT
from tests.conformance.registry import Plan, Run, module
from tests.conformance.relying_party import is_at
from tests.conformance.visitor import Arrival, Outcome, stayed

_STATE = "a state"


@module("oidcc-rp-initiated-logout", Plan.RP_LOGOUT)
async def rp_initiated_logout(run: Run) -> None:
    """With hint, address and state: signed out, and back with the state"""
    _back(await _leave(run, "id_token_hint", "post_logout_redirect_uri", "state"), _STATE)
    await _signed_out(run)


@module("oidcc-rp-initiated-logout-no-state", Plan.RP_LOGOUT)
async def no_state(run: Run) -> None:
    """Without state: signed out, and back without one"""
    _back(await _leave(run, "id_token_hint", "post_logout_redirect_uri"), None)
    await _signed_out(run)


@module("oidcc-rp-initiated-logout-no-post-logout-redirect-uri", Plan.RP_LOGOUT)
async def no_post_logout_redirect_uri(run: Run) -> None:
    """With a hint alone: signed out, on a page of the provider"""
    _stays(await _leave(run, "id_token_hint"))
    await _signed_out(run)


@module("oidcc-rp-initiated-logout-no-params", Plan.RP_LOGOUT)
async def no_params(run: Run) -> None:
    """With nothing: signed out, once the person agreed, on a page of the provider"""
    _stays(await _leave(run))
    await _signed_out(run)


@module("oidcc-rp-initiated-logout-only-state", Plan.RP_LOGOUT)
async def only_state(run: Run) -> None:
    """With a state alone: signed out, once the person agreed, on a page of the provider"""
    _stays(await _leave(run, "state"))
    await _signed_out(run)


@module("oidcc-rp-initiated-logout-no-id-token-hint", Plan.RP_LOGOUT)
async def no_id_token_hint(run: Run) -> None:
    """An address without hint or client isn't gone to"""
    _stays(await _leave(run, "post_logout_redirect_uri", "state"), may_refuse=True)


@module("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri", Plan.RP_LOGOUT)
async def bad_post_logout_redirect_uri(run: Run) -> None:
    """An address that isn't registered isn't gone to: an error is shown"""
    _refused(await _leave(run, "id_token_hint", "state", post_logout_redirect_uri=f"{SIGNED_OUT}/other"))


@module("oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri", Plan.RP_LOGOUT)
async def query_added_to_post_logout_redirect_uri(run: Run) -> None:
    """A registered address with a query added to it isn't gone to: an error is shown"""
    _refused(await _leave(run, "id_token_hint", "state", post_logout_redirect_uri=f"{SIGNED_OUT}?foo=bar"))


@module("oidcc-rp-initiated-logout-modified-id-token-hint", Plan.RP_LOGOUT)
async def modified_id_token_hint(run: Run) -> None:
    """A hint that was changed, or stripped of its signature (alg=none), is worth nothing: nobody is led away"""
    token = (await run.rp.sign_in(run.visitor)).tokens["id_token"]
    for modified in (unsigned(token), broken(token)):
        _stays(await _leave(run, "post_logout_redirect_uri", "state", id_token_hint=modified), may_refuse=True)


@module("oidcc-rp-initiated-logout-bad-id-token-hint", Plan.RP_LOGOUT)
async def bad_id_token_hint(run: Run) -> None:
    """A hint that somebody else signed under a kid of the provider's is worth nothing: nobody is led away"""
    header, claims = await run.rp.verified((await run.rp.sign_in(run.visitor)).tokens["id_token"])
    forged = jwt.encode(header, claims, RSAKey.generate_key(2048))
    _stays(await _leave(run, "post_logout_redirect_uri", "state", id_token_hint=forged), may_refuse=True)


async def _leave(run: Run, *names: str, **more: str) -> Outcome:
    """Sign in, then ask to sign out with the named parameters as they should be, and others."""
    done = await run.rp.sign_in(run.visitor)
    right = {
        "id_token_hint": done.tokens["id_token"],
        "post_logout_redirect_uri": SIGNED_OUT,
        "state": _STATE,
    }
    return await run.rp.leave(run.visitor, **{name: right[name] for name in names}, **more)


def _back(outcome: Outcome, state: str | None) -> None:
    expect(is_at(outcome, SIGNED_OUT), "the person wasn't led back to the application")
    expect(isinstance(outcome, Arrival) and outcome.parameters.get("state") == state, "state came back changed")


def _stays(outcome: Outcome, *, may_refuse: bool = False) -> None:
    expect(stayed(outcome).status == 200 or may_refuse, "an error is shown")


def _refused(outcome: Outcome) -> None:
    expect(stayed(outcome).status >= 400, "no error is shown")


async def _signed_out(run: Run) -> None:
    expect(not await run.rp.is_signed_in(run.visitor), "the person is still signed in")
