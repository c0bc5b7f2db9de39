"""Sign-in, and the ID token that it ends with (OpenID Connect Core sections 2 and 3.1)."""

from __future__ import annotations

from joserfc import jws

from tests.conformance.expect import expect
from tests.conformance.registry import Run, module


@module("oidcc-server")
async def server(run: Run) -> None:
    """A whole sign-in: code, tokens, a sound ID token with the nonce, and UserInfo about the same person"""
    done = await run.rp.sign_in(run.visitor)
    told = await run.rp.userinfo(done.access_token)
    expect(told["sub"] == done.claims["sub"], "UserInfo is about another person")


@module("oidcc-server-client-secret-post")
async def server_client_secret_post(run: Run) -> None:
    """The same for a client that posts its secret"""
    expect("client_secret_post" in (await run.other.metadata())["token_endpoint_auth_methods_supported"], "not offered")
    await run.other.sign_in(run.visitor)


@module("oidcc-idtoken-signature")
async def idtoken_signature(run: Run) -> None:
    """A client that asked for no algorithm gets RS256, by a key that is published under the token's kid"""
    done = await run.rp.sign_in(run.visitor)
    header, _ = await run.rp.verified(done.tokens["id_token"])
    published = await run.rp.document((await run.rp.metadata())["jwks_uri"])
    expect(header.get("kid") in {key.get("kid") for key in published["keys"]}, "the token names no published key")


@module("oidcc-idtoken-unsigned")
async def idtoken_unsigned(run: Run) -> None:
    """Where alg=none isn't offered, no ID token comes unsigned (the plan itself only tests those who offer it)"""
    metadata = await run.rp.metadata()
    expect("none" not in metadata["id_token_signing_alg_values_supported"], "alg=none is offered")
    asked = run.rp.request()
    code = run.rp.code(asked, await run.rp.passed(run.visitor, await run.rp.ask(run.visitor, asked)))
    token = run.rp.tokens(await run.rp.redeem(code))["id_token"]
    header = jws.extract_compact(token.encode()).headers()
    expect(header["alg"] != "none" and token.rpartition(".")[2], "the ID token is unsigned")


@module("oidcc-ensure-request-without-nonce-succeeds-for-code-flow")
async def request_without_nonce(run: Run) -> None:
    """A request without nonce succeeds, and the ID token has none"""
    await run.rp.sign_in(run.visitor, nonce=None)
