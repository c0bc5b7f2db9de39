"""An identity of another party becomes a person's own only where plugins say that it may."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import httpx2
import pytest

import xenia_password
import xenia_web
from tests.core.journeys.world import signed_in
from xenia.api import (
    Action,
    Context,
    Enrolled,
    Enrolment,
    Form,
    Host,
    Journey,
    Manifest,
    NewCredential,
    SignInSettings,
    StepView,
    User,
    hookimpl,
    literal,
)
from xenia.plugin.manifest import Plugin, plugin_of
from xenia.testing.app import App, MakeApp
from xenia.testing.people import PASSWORD, a_person

CLAIMS = {"iss": "https://provider.example", "email": "ada@provider.example", "email_verified": True}


class Outside:
    """Brings an identity whose provider says ``CLAIMS``."""

    name = kind = "outside"
    second = sign_up = False
    label = hint = literal("Another provider")
    icon = "globe"

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """A button."""
        return StepView(step="outside", title=self.label, actions=(Action(label=literal("Link")),))

    async def complete(self, context: Context, journey: Journey, form: Form) -> Enrolled:
        """Somebody came back from there."""
        new = NewCredential(plugin="outside", kind="outside", data=b"x", lookup=b"subject-7")
        return Enrolled(credentials=(new,), claims=CLAIMS)


class Linker:
    """What plugins say about links, and what they were asked."""

    def __init__(self) -> None:
        self.answer: bool | None = None
        self.asked: list[tuple[User, Mapping[str, Any]]] = []

    async def link_identity(self, user: User, claims: Mapping[str, Any]) -> bool | None:
        self.asked.append((user, claims))
        return self.answer

    @property
    def plugin(self) -> Plugin:
        """The plugin that brings identities, and answers."""

        def register_enrolments(host: Host) -> list[Enrolment]:
            return [Outside()]

        async def link_identity(user: User, claims: Mapping[str, Any]) -> bool | None:
            return await self.link_identity(user, claims)

        module = ModuleType("xenia_outside")
        vars(module)["manifest"] = Manifest(name="outside", title=literal("Outside"), summary=literal("Links."))
        vars(module)["register_enrolments"] = hookimpl(register_enrolments)
        vars(module)["link_identity"] = hookimpl(link_identity)
        return plugin_of(module)


@pytest.fixture
def linker() -> Linker:
    return Linker()


@pytest.fixture
async def app(make_app: MakeApp, linker: Linker) -> App:
    made = await make_app([plugin_of(xenia_password), plugin_of(xenia_web), linker.plugin])
    await made.tenant()
    await made.kernel.config.put(made.context, SignInSettings, SignInSettings(verified_email=False))
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD)


async def link(app: App) -> httpx2.Response:
    browser = await signed_in(app)
    page = await browser.post("/account/enrol/outside", {})
    return await browser.submit(page, action="")


async def kinds(app: App, user: User) -> list[str]:
    return sorted(one.kind for one in await app.kernel.credentials.summaries(app.context, user.id))


async def test_an_identity_that_somebody_vouches_for_is_linked(app: App, ada: User, linker: Linker) -> None:
    linker.answer = True
    await link(app)
    assert await kinds(app, ada) == ["outside", "password"]
    [(user, claims)] = linker.asked
    assert (user.id, claims) == (ada.id, CLAIMS)


@pytest.mark.parametrize("answer", [None, False])
async def test_an_identity_that_nobody_vouches_for_is_not_linked(
    app: App, ada: User, linker: Linker, answer: bool | None
) -> None:
    linker.answer = answer
    page = await link(app)
    assert page.status_code == 403
    assert "be added to your account" in page.text
    assert await kinds(app, ada) == ["password"]
