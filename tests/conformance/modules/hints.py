"""Hints about the person (OpenID Connect Core section 3.1.2.1: id_token_hint and login_hint)."""

from __future__ import annotations

from tests.conformance.expect import expect
from tests.conformance.providers.provider import EMAIL
from tests.conformance.registry import Run, module
from tests.conformance.visitor import stayed


@module("oidcc-id-token-hint")
async def id_token_hint(run: Run) -> None:
    """prompt=none with id_token_hint about who is signed in succeeds, with the same sub"""
    first = await run.rp.sign_in(run.visitor)
    asked = run.rp.request(prompt="none", id_token_hint=first.tokens["id_token"])
    second = await run.rp.finish(asked, await run.rp.ask(run.visitor, asked))
    expect(second.claims["sub"] == first.claims["sub"], "sub changed")


@module("oidcc-login-hint")
async def login_hint(run: Run) -> None:
    """login_hint is taken: the sign-in begins with that name, and succeeds"""
    asked = run.rp.request(login_hint=EMAIL)
    page = stayed(await run.rp.ask(run.visitor, asked), "nobody is asked to sign in")
    expect(EMAIL in page.text, "the page doesn't take up login_hint")
    await run.rp.finish(asked, await run.provider.sign_in(run.visitor, page))
