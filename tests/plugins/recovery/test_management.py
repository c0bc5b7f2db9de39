"""What programs see of those who wait, and do about it: cancel, or shorten with a reason, and never for who holds more."""

from __future__ import annotations

from typing import Any

import pytest

import xenia_api
import xenia_password
import xenia_recovery
import xenia_web
from tests.plugins.api.conftest import Api
from tests.plugins.api.contributed import is_guarded
from xenia.api import EventQuery, NewCredential, User
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia_recovery.management import recovery
from xenia_recovery.service import Requests

READ, WRITE = "xenia:recovery:read", "xenia:recovery:write"
PLUGINS = ("api", "password", "recovery", "web", "mailbox")


@pytest.fixture
async def api(make_app: MakeApp) -> Api:
    modules = (xenia_api, xenia_password, xenia_recovery, xenia_web)
    app = await make_app([*map(plugin_of, modules), Mailbox().plugin])
    await app.tenant(plugins=PLUGINS)
    await app.tenant("other", plugins=PLUGINS)
    return Api(app)


@pytest.fixture
async def ada(api: Api) -> User:
    """She waits."""
    person = await api.user()
    key = NewCredential(plugin="totp", kind="totp", data=b"", second=True)
    lost = await api.kernel.credentials.add(api.context(), person.id, key)
    assert await Requests(api.kernel).ask(api.context(), person, [lost])
    return person


async def hours(api: Api, user: User) -> int | None:
    mine = await Requests(api.kernel).open(api.context(), user.id)
    return mine.hours if mine else None


async def told(api: Api, name: str) -> list[dict[str, Any]]:
    page = await api.kernel.events.list(api.context(), EventQuery(types=(f"recovery.{name}",)))
    return [dict(event.data) for event in page.events]


async def test_who_waits_is_listed(api: Api, ada: User) -> None:
    token = await api.token(READ)
    listed = (await api.call("GET", "/recovery/requests", token)).json()["items"]
    assert [(one["user_id"], one["hours"], one["lost"]) for one in listed] == [(str(ada.id), 72, 1)]
    assert (await api.call("GET", f"/users/{ada.id}/recovery", token)).json() == listed[0]
    other = await api.token(READ, tenant="other")
    assert (await api.call("GET", "/recovery/requests", other, tenant="other")).json() == {"items": []}


async def test_a_request_is_cancelled_once_with_a_reason(api: Api, ada: User) -> None:
    token, path = await api.token(WRITE), f"/users/{ada.id}/recovery/cancel"
    assert (await api.call("POST", path, token, json={"reason": "  "})).status_code == 422
    answers = [(await api.call("POST", path, token, json={"reason": "She called."})).status_code for _ in range(2)]
    assert (answers, await hours(api, ada)) == ([204, 404], None)
    assert await told(api, "cancelled") == [{"by": "administrator", "reason": "She called."}]


async def test_a_wait_is_shortened_and_never_lengthened(api: Api, ada: User) -> None:
    token, path = await api.token(WRITE), f"/users/{ada.id}/recovery/shorten"
    for wrong in (0, 72, 9999, -1, "2", 1.5, None):
        answer = await api.call("POST", path, token, json={"hours": wrong, "reason": "In person."})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["hours"]), wrong
    assert await hours(api, ada) == 72
    done = await api.call("POST", path, token, json={"hours": 2, "reason": "In person."})
    assert (done.json()["hours"], await hours(api, ada)) == (2, 2)
    assert await told(api, "shortened") == [{"hours": 2, "reason": "In person."}]


async def test_nobody_hurries_who_may_more(api: Api, ada: User) -> None:
    await api.kernel.tenants.change(
        api.context(), "acme", roles={"boss": ("xenia:users:write",), "desk": (READ, WRITE)}
    )
    await api.kernel.users.set_roles(api.context(), ada.id, ("boss",))
    clerk = await api.user("clerk@acme.example", roles=("desk",))
    body = {"hours": 1, "reason": "x"}
    for token in (await api.token(WRITE), await api.token(READ, WRITE, "xenia:users:write", person=clerk.id)):
        for change in ("shorten", "cancel"):
            sent = {name: body[name] for name in (("hours", "reason") if change == "shorten" else ("reason",))}
            answer = await api.call("POST", f"/users/{ada.id}/recovery/{change}", token, json=sent)
            assert answer.status_code == 403
    assert await hours(api, ada) == 72


async def test_every_operation_is_guarded(api: Api, ada: User) -> None:
    bodies = {
        "cancelRecoveryRequest": {"reason": "x"},
        "shortenRecoveryRequest": {"reason": "x", "hours": 1},
    }
    await is_guarded(api, recovery, bodies, {"user_id": str(ada.id)}, "")
    assert await hours(api, ada) == 72
