"""Whoever asks more of administrators than they can show is asked first, with the number of those who can't."""

from __future__ import annotations

from html import unescape
from typing import Any

from tests.plugins.admin.conftest import World
from tests.plugins.admin.test_tenant import ROLES
from xenia.api import NewCredential, SignInSettings
from xenia.testing.app import Browser

ASKED: dict[str, Any] = {name: value for name, value in ROLES.items() if name != "required_acr"}
SYSTEM = "/console/system/settings/sign_in"


async def required(world: World) -> str:
    return (await world.kernel.config.get(world.context("system"), SignInSettings)).required_acr


async def test_raising_what_administrators_must_reach_asks_first(world: World, chief: Browser) -> None:
    await world.user("desk@xenia.example", tenant="system", roles=("support",))
    form = await chief.get(SYSTEM)
    question = await chief.submit(form, required_acr="aal3", **ASKED)
    shown = unescape(question.text)
    assert "Ask more of administrators?" in shown
    assert "They can’t sign in any more" in shown
    assert "<bdi>2</bdi>" in shown
    assert "You" in shown
    assert await required(world) == "aal1"
    page = await chief.submit(question, required_acr="aal3", action="confirm")
    assert "Saved." in page.text
    assert await required(world) == "aal3"


async def test_roles_that_more_is_asked_of_are_looked_at_too(world: World, chief: Browser) -> None:
    await world.user("desk@xenia.example", tenant="system", roles=("support",))
    question = unescape((await chief.post(SYSTEM, {**ROLES, "aal2_roles": "support"})).text)
    assert "Ask more of administrators?" in question
    assert "<bdi>1</bdi>" in question
    assert "Among them" not in question


async def test_what_everybody_can_show_is_saved_at_once(world: World) -> None:
    user = await world.user("chief@xenia.example", tenant="system", roles=("admin",))
    code = NewCredential(plugin="sample", kind="code", data=b"x", second=True)
    await world.kernel.credentials.add(world.context("system"), user.id, code)
    browser = await world.signed_in(user)
    await browser.get("/console")
    assert "Saved." in (await browser.post(SYSTEM, {**ROLES, "required_acr": "aal2"})).text
    assert "Saved." in (await browser.post(SYSTEM, {**ROLES, "required_acr": "aal1"})).text


async def test_other_tenants_are_not_asked_about(chief: Browser) -> None:
    page = await chief.post("/console/demo/settings/sign_in", {**ROLES, "required_acr": "aal3"})
    assert "Saved." in page.text
