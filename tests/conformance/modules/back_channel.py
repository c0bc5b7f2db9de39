"""Telling applications that a session ended (OpenID Connect Back-Channel Logout 1.0 section 2.4)."""

from __future__ import annotations

from typing import Any

from tests.conformance.expect import expect
from tests.conformance.providers.provider import SIGNED_OUT
from tests.conformance.registry import Plan, Run, module
from tests.conformance.relying_party import SignIn, is_at

_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@module("oidcc-backchannel-rp-initiated-logout", Plan.BACK_CHANNEL)
async def backchannel_rp_initiated_logout(run: Run) -> None:
    """After a sign-out a sound logout token comes by the back channel, and the person is signed out"""
    done = await run.rp.sign_in(run.visitor)
    outcome = await run.rp.leave(
        run.visitor, id_token_hint=done.tokens["id_token"], post_logout_redirect_uri=SIGNED_OUT, state="a state"
    )
    expect(is_at(outcome, SIGNED_OUT), "the person wasn't led back to the application")
    await run.provider.settle()
    header, claims = await run.rp.verified((await run.provider.notices.next()).get("logout_token", ""))
    expect(header.get("typ", "logout+jwt") == "logout+jwt", "typ isn't logout+jwt")
    _check(run, done, claims)
    expect(not await run.rp.is_signed_in(run.visitor), "the person is still signed in")


def _check(run: Run, done: SignIn, claims: dict[str, Any]) -> None:
    expect(claims.get("iss") == run.provider.issuer, "iss isn't the issuer")
    expect(claims.get("aud") in (run.rp.client.id, [run.rp.client.id]), "aud isn't this client")
    expect(claims.get("sub") == done.claims["sub"], "sub isn't the person's")
    expect(claims.get("sid") == done.claims.get("sid"), "sid isn't the session's")
    expect(isinstance(claims.get("iat"), int), "iat is missing")
    expect(claims.get("jti"), "jti is missing")
    expect(claims.get("events") == {_EVENT: {}}, "events isn't the one of a back-channel logout")
    expect("nonce" not in claims, "a nonce makes it pass for an ID token")
