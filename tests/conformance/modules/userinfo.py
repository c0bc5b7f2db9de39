"""The three ways to show an access token to UserInfo (OpenID Connect Core section 5.3.1; RFC 6750 section 2)."""

from __future__ import annotations

from tests.conformance.expect import expect
from tests.conformance.registry import Run, module


@module("oidcc-userinfo-get")
async def userinfo_get(run: Run) -> None:
    """UserInfo answers a GET with the token in the header, about the person of the ID token"""
    await _check(run, "get")


@module("oidcc-userinfo-post-header")
async def userinfo_post_header(run: Run) -> None:
    """UserInfo answers a POST with the token in the header"""
    await _check(run, "post-header")


@module("oidcc-userinfo-post-body")
async def userinfo_post_body(run: Run) -> None:
    """UserInfo answers a POST with the token in the form"""
    await _check(run, "post-body")


async def _check(run: Run, how: str) -> None:
    done = await run.rp.sign_in(run.visitor)
    told = run.rp.told(await run.rp.userinfo_answer(done.access_token, how=how))
    expect(told["sub"] == done.claims["sub"], "UserInfo is about another person")
