"""What a code and a refresh token are good for, and for whom (RFC 6749 sections 4.1.2, 5.2 and 6; OpenID Connect Core section 12)."""

from __future__ import annotations

import httpx2

from tests.conformance.expect import expect
from tests.conformance.registry import Run, module
from tests.conformance.relying_party import SignIn


@module("oidcc-codereuse")
async def codereuse(run: Run) -> None:
    """A code that is shown twice at once is refused the second time"""
    done = await run.rp.sign_in(run.visitor)
    _refused(await run.rp.redeem(done.code))


@module("oidcc-codereuse-30seconds")
async def codereuse_30seconds(run: Run) -> None:
    """A code that is shown again after 30 seconds is refused, and the tokens that it gave are dead"""
    done = await run.rp.sign_in(run.visitor)
    await run.provider.let_pass(30)
    expect((await run.rp.userinfo_answer(done.access_token)).status_code == 200, "the access token is dead too soon")
    _refused(await run.rp.redeem(done.code))
    answer = await run.rp.userinfo_answer(done.access_token)
    expect(answer.status_code == 401, "the first access token outlives the reuse of its code")


@module("oidcc-refresh-token")
async def refresh_token(run: Run) -> None:
    """A refresh token gives a new access token for the same person, and gives it to no other client"""
    done = await run.rp.sign_in(run.visitor, scope="openid offline_access", prompt="consent")
    expect(done.tokens.get("refresh_token"), "there is no refresh token")
    fresh = run.rp.tokens(await run.rp.token_request(_refreshing(done.tokens["refresh_token"])))
    expect(fresh["access_token"] != done.access_token, "the access token isn't new")
    if "id_token" in fresh:
        await _check_same(run, done, fresh["id_token"])
    expect((await run.rp.userinfo(fresh["access_token"]))["sub"] == done.claims["sub"], "sub changed")
    latest = fresh.get("refresh_token", done.tokens["refresh_token"])
    _refused(await run.other.token_request(_refreshing(latest)))


async def _check_same(run: Run, done: SignIn, token: str) -> None:
    """Section 12.2: the same sign-in, told again. A nonce may be there, but then it is the first one's."""
    _, told = await run.rp.verified(token)
    claims = await run.rp.id_token(token, nonce=told.get("nonce", ""))
    expect(claims.get("nonce", done.claims["nonce"]) == done.claims["nonce"], "nonce changed")
    for name in ("iss", "sub", "aud", "auth_time"):
        expect(claims.get(name) == done.claims.get(name), f"{name} changed")


def _refreshing(token: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": token}


def _refused(answer: httpx2.Response) -> None:
    expect(answer.status_code == 400, f"no refusal: the token endpoint answers {answer.status_code}")
    expect(answer.json().get("error") == "invalid_grant", "the error isn't invalid_grant")
