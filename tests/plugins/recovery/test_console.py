"""What administrators see of those who wait, and may do: cancel, or shorten with a reason, and never for who holds more."""

from __future__ import annotations

from html import unescape

import pytest

import xenia_recovery
from tests.plugins.admin.conftest import World
from tests.plugins.consoles import with_console
from xenia.context import Context
from xenia.credentials.models import NewCredential
from xenia.events.models import EventQuery
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, a_person
from xenia.users.models import User
from xenia_recovery.service import Requests

PAGE = "/console/acme/recovery"


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def app(make_app: MakeApp, box: Mailbox) -> App:
    return await with_console(make_app, plugin_of(xenia_recovery), box.plugin)


@pytest.fixture
async def chief(app: App) -> Browser:
    return await World(app).administrator()


@pytest.fixture
async def ada(app: App) -> User:
    """She waits."""
    person = await a_person(app, name="Ada Quillfeather")
    key = NewCredential(plugin="totp", kind="totp", data=b"", second=True)
    lost = await app.kernel.credentials.add(app.context, person.id, key)
    assert await Requests(app.kernel).ask(app.context, person, [lost])
    return person


async def is_open(app: App, user: User) -> bool:
    return await Requests(app.kernel).open(app.context, user.id) is not None


async def hours(app: App, user: User) -> int:
    mine = await Requests(app.kernel).open(app.context, user.id)
    assert mine
    return mine.hours


async def test_who_waits_is_listed(app: App, ada: User, chief: Browser) -> None:
    shown = unescape((await chief.get(PAGE)).text)
    assert "Ada Quillfeather" in shown
    assert "72 hours left" in shown
    assert EMAIL in unescape((await chief.get(f"{PAGE}/{ada.id}")).text)
    for unknown in ("01a201b1-4b36-7a72-9d3e-93890c08a49e", "x"):
        assert (await chief.get(f"{PAGE}/{unknown}")).status_code == 404


async def test_an_administrator_cancels_with_a_reason(app: App, ada: User, chief: Browser) -> None:
    path = f"{PAGE}/{ada.id}/cancel"
    assert (await chief.get(path)).status_code == 200
    assert (await chief.post(path, {"reason": " "})).status_code == 422
    assert await is_open(app, ada)
    assert "Cancelled. The person keeps the second factor" in (await chief.post(path, {"reason": "She called."})).text
    assert not await is_open(app, ada)
    page = await app.kernel.events.list(app.context, EventQuery(types=("recovery.cancelled",)))
    assert [event.data for event in page.events] == [{"by": "administrator", "reason": "She called."}]
    assert page.events[0].actor.tenant == "system"
    assert (await chief.post(path, {"reason": "Again."})).status_code == 404


async def test_an_administrator_shortens_with_a_reason(app: App, ada: User, chief: Browser) -> None:
    path = f"{PAGE}/{ada.id}/shorten"
    for bad in ("0", "72", "-1", "x", "", "9999", "1.5"):
        assert (await chief.post(path, {"hours": bad, "reason": "In person."})).status_code == 422, bad
    assert (await chief.post(path, {"hours": "2", "reason": ""})).status_code == 422
    assert await hours(app, ada) == 72
    page = await chief.post(path, {"hours": "2", "reason": "In person."})
    assert "Shortened. The person is told everywhere." in page.text
    assert await hours(app, ada) == 2
    found = await app.kernel.events.list(app.context, EventQuery(types=("recovery.shortened",)))
    assert [event.data for event in found.events] == [{"hours": 2, "reason": "In person."}]


async def test_a_request_ends_with_the_last_second_factor_and_everybody_is_told(
    app: App, box: Mailbox, ada: User, chief: Browser
) -> None:
    context, credentials = app.context, app.kernel.credentials
    other = NewCredential(plugin="totp", kind="totp", data=b"", second=True)
    kept = await credentials.add(context, ada.id, other)
    [first, *_] = [one.id for one in await credentials.summaries(context, ada.id) if one.id != kept]
    await chief.post(f"/console/acme/users/{ada.id}/credentials/{first}/remove", {})
    await app.settle()
    assert await is_open(app, ada), "another one is left"
    await chief.post(f"/console/acme/users/{ada.id}/credentials/{kept}/remove", {})
    await app.settle()
    assert not await is_open(app, ada)
    page = await app.kernel.events.list(context, EventQuery(types=("recovery.cancelled",)))
    assert [event.data for event in page.events] == [{"by": "nothing_left"}]
    assert any("no second factor left" in mail.subject for mail in box.messages)


async def test_whoever_may_only_look_changes_nothing(app: App, ada: User) -> None:
    await app.kernel.tenants.change(Context(tenant="system"), "system", roles={"watch": ("xenia:recovery:read",)})
    watcher = await World(app).administrator("watch", email="watch@xenia.example")
    shown = unescape((await watcher.get(f"{PAGE}/{ada.id}")).text)
    assert "/shorten" not in shown
    for change in ("cancel", "shorten"):
        answer = await watcher.post(f"{PAGE}/{ada.id}/{change}", {"reason": "x", "hours": "1"})
        assert answer.status_code == 403
    assert await hours(app, ada) == 72


async def test_nobody_hurries_who_holds_more(app: App, ada: User) -> None:
    held = ("xenia:recovery:read", "xenia:recovery:write")
    await app.kernel.tenants.change(Context(tenant="system"), "system", roles={"desk": held})
    await app.kernel.tenants.change(Context(tenant="system"), "acme", roles={"boss": ("xenia:users:write",)})
    desk = await World(app).administrator("desk", email="desk@xenia.example")
    await app.kernel.users.set_roles(app.context, ada.id, ("boss",))
    assert (await desk.post(f"{PAGE}/{ada.id}/shorten", {"reason": "x", "hours": "1"})).status_code == 403
    assert await hours(app, ada) == 72
    await app.kernel.users.set_roles(app.context, ada.id, ())
    assert (await desk.post(f"{PAGE}/{ada.id}/shorten", {"reason": "x", "hours": "1"})).status_code == 200


async def test_strangers_are_led_away(app: App, ada: User) -> None:
    answer = await app.browser("system").post(f"{PAGE}/{ada.id}/shorten", {"reason": "x", "hours": "1"}, follow=False)
    assert answer.status_code in (303, 401, 403)
    assert await hours(app, ada) == 72
