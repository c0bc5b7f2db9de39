"""Plugins, through the API."""

from __future__ import annotations

from tests.plugins.api.conftest import SECRET, Api


async def test_plugins_are_listed_with_the_schema_of_their_settings(api: Api, token: str) -> None:
    items = (await api.call("GET", "/plugins", token)).json()["items"]
    by_name = {one["name"]: one for one in items}
    assert list(by_name) == ["api", "sample", "dependent"]
    assert by_name["dependent"]["requires"] == ["sample"]
    assert by_name["api"]["settings"] is None
    properties = by_name["sample"]["settings"]["$defs"]["SampleSettings"]["properties"]
    assert properties["password"]["writeOnly"] is True
    assert (await api.call("GET", "/plugins/sample", token)).json() == by_name["sample"]


async def test_who_switches_off_may_see_first_whom_it_affects(api: Api, token: str) -> None:
    for number in range(2):
        await api.credential(await api.user(f"p{number}@acme.example"))
    impact = (await api.call("GET", "/plugins/sample/impact", token)).json()
    assert impact == {"users": 2, "needed_by": ["dependent"]}


async def test_a_plugin_goes_off_and_on_again(api: Api, token: str) -> None:
    for enabled in (False, False, True):
        answer = await api.call("PUT", "/plugins/dependent/enablement", token, json={"enabled": enabled})
        assert (answer.status_code, answer.json()["enabled"]) == (200, enabled)
    tenant = await api.kernel.tenants.get("acme")
    assert tenant is not None
    assert tenant.has("dependent")


async def test_what_others_need_or_the_api_runs_on_stays_on(api: Api, token: str) -> None:
    for name in ("sample", "api"):
        answer = await api.call("PUT", f"/plugins/{name}/enablement", token, json={"enabled": False})
        assert answer.status_code == 409


async def test_settings_are_replaced_and_their_secrets_only_written(api: Api, token: str) -> None:
    path = "/plugins/sample/settings"
    first = (await api.call("GET", path, token)).json()["values"]
    assert first == {"length": 8, "password": "", "connection": {"url": "", "api_key": ""}}
    values = {"length": 9, "password": SECRET, "connection": {"url": "https://a.example", "api_key": SECRET}}
    written = await api.call("PUT", path, token, json={"values": values})
    assert written.status_code == 200, written.text
    assert SECRET not in written.text
    assert written.json()["values"]["password"] == "***"
    assert (await api.call("GET", path, token)).json() == written.json()


async def test_a_masked_blank_or_missing_secret_stays_as_it_is(api: Api, token: str) -> None:
    path, kind = "/plugins/sample/settings", api.kernel.plugins[1].settings
    assert kind is not None
    await api.call("PUT", path, token, json={"values": {"password": SECRET}})
    for values in ({"password": "***"}, {"password": ""}, {"length": 12}):
        answer = await api.call("PUT", path, token, json={"values": values})
        assert answer.status_code == 200, answer.text
        stored = await api.kernel.config.get(api.context(), kind)
        assert stored.password.reveal() == SECRET  # type: ignore[attr-defined]


async def test_settings_are_judged_field_by_field(api: Api, token: str) -> None:
    values = {"length": "long", "unheard_of": 1, "connection": {"url": 7}}
    answer = await api.call("PUT", "/plugins/sample/settings", token, json={"values": values})
    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {"values.length", "values.unheard_of", "values.connection.url"}


async def test_a_plugin_without_settings_has_none(api: Api, token: str) -> None:
    assert (await api.call("GET", "/plugins/api/settings", token)).status_code == 404
    assert (await api.call("GET", "/plugins/unheard_of", token)).status_code == 404


async def test_where_the_api_is_off_there_is_nothing(api: Api, token: str) -> None:
    await api.app.tenant("bare", plugins=("sample",))
    for method in ("GET", "POST", "OPTIONS", "DELETE"):
        assert (await api.call(method, "/users", token, tenant="bare")).status_code == 404
    assert (await api.call("GET", "/openapi.json", tenant="bare")).status_code == 404
