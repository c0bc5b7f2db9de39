"""What programs see of attacks, and do about blocks and accounts that wait."""

from __future__ import annotations

import pytest

import xenia_api
import xenia_password
import xenia_protection
import xenia_web
from tests.plugins.api.conftest import Api
from tests.plugins.api.contributed import is_guarded
from tests.plugins.protection.support import QuickHasher, events_of, strangers, use
from xenia.api import User
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import MakeApp
from xenia_protection.disowning import Disowning
from xenia_protection.management import protection
from xenia_protection.tables import DISOWN

READ, WRITE = "xenia:protection:read", "xenia:protection:write"
PLUGINS = ("api", "password", "protection", "web")
NETWORK = "203.0.113.0/24"


@pytest.fixture
async def api(make_app: MakeApp) -> Api:
    modules = (xenia_api, xenia_password, xenia_protection, xenia_web)
    app = await make_app(list(map(plugin_of, modules)), trusted_proxies=("192.0.2.1",))
    app.kernel.hasher = QuickHasher()
    await app.tenant(plugins=PLUGINS)
    await app.tenant("other", plugins=PLUGINS)
    return Api(app)


@pytest.fixture
async def attacked(api: Api) -> None:
    await use(api.app, stuffing_accounts=3, network_free=100)
    await strangers(api.app, 4)


@pytest.fixture
async def ada(api: Api) -> User:
    """Her account waits for her."""
    person = await api.user()
    await api.kernel.tables(api.context()).execute(DISOWN, "acme", person.id, [])
    return person


async def waits(api: Api, user: User) -> bool:
    return await Disowning(api.kernel).since(api.context(), user.id) is not None


@pytest.mark.usefixtures("attacked")
async def test_attacks_and_blocks_are_listed_here_and_nowhere_else(api: Api) -> None:
    token = await api.token(READ)
    attacks = (await api.call("GET", "/protection/attacks", token)).json()["items"]
    assert {one["network"] for one in attacks} >= {NETWORK}
    assert all(one["reasons"] for one in attacks)
    blocks = (await api.call("GET", "/protection/blocks", token)).json()["items"]
    assert [one["network"] for one in blocks] == [NETWORK]
    other = await api.token(READ, tenant="other")
    for path in ("attacks", "blocks", "accounts"):
        assert (await api.call("GET", f"/protection/{path}", other, tenant="other")).json() == {"items": []}


@pytest.mark.usefixtures("attacked")
async def test_a_network_is_unblocked_once_and_by_its_own_tenant(api: Api) -> None:
    other = await api.token(WRITE, tenant="other")
    params, token = {"network": NETWORK}, await api.token(WRITE)
    away = await api.call("DELETE", "/protection/blocks", other, tenant="other", params=params)
    told = [(await api.call("DELETE", "/protection/blocks", token, params=params)).status_code for _ in range(2)]
    assert (away.status_code, told) == (404, [204, 404])
    assert len(await events_of(api.app, "protection.unblocked")) == 1


@pytest.mark.parametrize("network", ["", "x", "203.0.113.5/24", "a\0", "10.0.0.0/8", "9" * 100])
async def test_what_is_no_blocked_network_is_refused(api: Api, network: str) -> None:
    answer = await api.call("DELETE", "/protection/blocks", await api.token(WRITE), params={"network": network})
    assert answer.status_code in (400, 404, 422)


async def test_an_account_that_waits_is_settled_once(api: Api, ada: User) -> None:
    token = await api.token(READ, WRITE)
    listed = (await api.call("GET", "/protection/accounts", token)).json()["items"]
    assert [one["user_id"] for one in listed] == [str(ada.id)]
    path = f"/protection/accounts/{ada.id}/settle"
    assert [(await api.call("POST", path, token)).status_code for _ in range(2)] == [204, 404]
    assert not await waits(api, ada)


async def test_nobody_settles_for_who_may_more(api: Api, ada: User) -> None:
    await api.kernel.tenants.change(
        api.context(), "acme", roles={"boss": ("xenia:users:write",), "desk": (READ, WRITE)}
    )
    await api.kernel.users.set_roles(api.context(), ada.id, ("boss",))
    clerk = await api.user("clerk@acme.example", roles=("desk",))
    path = f"/protection/accounts/{ada.id}/settle"
    for token in (await api.token(WRITE), await api.token(READ, WRITE, "xenia:users:write", person=clerk.id)):
        assert (await api.call("POST", path, token)).status_code == 403
    assert await waits(api, ada)
    assert (await api.call("POST", path, await api.token(WRITE, "xenia:users:write"))).status_code == 204


async def test_every_operation_is_guarded(api: Api, ada: User) -> None:
    await is_guarded(api, protection, {}, {"user_id": str(ada.id)}, f"network={NETWORK}")
    assert await waits(api, ada)
