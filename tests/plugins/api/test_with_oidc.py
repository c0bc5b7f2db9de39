"""The whole way: an application gets its token from the provider and calls the API with it."""

from __future__ import annotations

import msgspec
import pytest

from tests.plugins.api.conftest import Api
from xenia.api import Application
from xenia.testing.app import App

pytest.importorskip("xenia_oidc")

READS, WRITES = "xenia:users:read", "xenia:users:write"


@pytest.fixture
async def installed(app: App) -> Api:
    """Everything that is installed, and an application that may read people."""
    part = {"grant_types": ["client_credentials"], "scopes": [READS]}
    made = Application(tenant="acme", id="reader", title="Reader", protocols={"oidc": part})
    await app.kernel.applications.put(app.context, made)
    return Api(app)


async def _ask(api: Api, secret: str, scope: str) -> dict[str, str]:
    answer = await api.client.post(
        "/t/acme/oauth/token", data={"grant_type": "client_credentials", "scope": scope}, auth=("reader", secret)
    )
    found: dict[str, str] = answer.json()
    return found


async def test_a_client_reads_people_with_the_token_it_asked_for(installed: Api) -> None:
    secret = await installed.kernel.applications.add_secret(installed.context(), "reader")
    user = await installed.user()
    token = (await _ask(installed, secret, READS))["access_token"]
    listed = await installed.call("GET", "/users", token)
    assert [one["id"] for one in listed.json()["items"]] == [str(user.id)]
    refused = await installed.call("PATCH", f"/users/{user.id}", token, json={"locale": "de"})
    assert refused.status_code == 403


async def test_an_application_that_is_switched_off_or_gone_calls_no_more(installed: Api) -> None:
    secret = await installed.kernel.applications.add_secret(installed.context(), "reader")
    token = (await _ask(installed, secret, READS))["access_token"]
    reader = await installed.kernel.applications.get(installed.context(), "reader")
    assert reader
    for enabled, status in ((False, 401), (True, 200)):
        changed = msgspec.structs.replace(reader, enabled=enabled)
        await installed.kernel.applications.put(installed.context(), changed)
        assert (await installed.call("GET", "/users", token)).status_code == status
    await installed.kernel.applications.remove(installed.context(), "reader")
    assert (await installed.call("GET", "/users", token)).status_code == 401


async def test_a_client_gets_no_scope_that_it_was_not_given(installed: Api) -> None:
    secret = await installed.kernel.applications.add_secret(installed.context(), "reader")
    assert (await _ask(installed, secret, WRITES))["error"] == "invalid_scope"


async def test_every_installed_plugin_tells_its_settings(installed: Api) -> None:
    token = await installed.token("xenia:plugins:read")
    for plugin in (await installed.call("GET", "/plugins", token)).json()["items"]:
        answer = await installed.call("GET", f"/plugins/{plugin['name']}/settings", token)
        assert answer.status_code == (200 if plugin["settings"] else 404), answer.text
