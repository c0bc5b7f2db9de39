"""Applications, through the API."""

from __future__ import annotations

import anyio

from tests.plugins.api.conftest import SECRET, Api

SHOP = {"id": "shop", "title": "Shop", "protocols": {"sample": {"url": "https://shop.acme.example"}}}


async def test_an_application_is_created_once_and_read_with_its_version(api: Api, token: str) -> None:
    made = await api.call("POST", "/applications", token, json=SHOP)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert made.headers["location"].endswith("/t/acme/api/v1/applications/shop")
    read = await api.call("GET", "/applications/shop", token)
    assert read.json() == made.json()
    assert read.json()["managed_by"] == "api"
    assert (await api.call("POST", "/applications", token, json=SHOP)).status_code == 409


async def test_a_protocols_part_is_judged_by_its_plugin(api: Api, token: str) -> None:
    wrong = SHOP | {"protocols": {"sample": {"url": 7}, "unheard_of": {}}}
    answer = await api.call("POST", "/applications", token, json=wrong)
    assert answer.status_code == 422
    assert {"sample.url", "unheard_of"} <= answer.json()["errors"].keys()


async def test_a_replacement_names_the_version_it_replaces(api: Api, token: str) -> None:
    await api.call("POST", "/applications", token, json=SHOP)
    new = {"title": "New"}
    assert (await api.call("PUT", "/applications/shop", token, json=new)).status_code == 428
    for version, status in (('"1"', 200), ('"1"', 412), ("1", 400), ("*", 400)):
        answer = await api.call("PUT", "/applications/shop", token, json=new, headers={"if-match": version})
        assert answer.status_code == status, answer.text
    read = (await api.call("GET", "/applications/shop", token)).json()
    assert (read["title"], read["version"], read["protocols"]) == ("New", 2, {})


async def test_of_replacements_at_once_one_wins(api: Api, token: str) -> None:
    await api.call("POST", "/applications", token, json=SHOP)
    statuses: list[int] = []

    async def replace(title: str) -> None:
        answer = await api.call("PUT", "/applications/shop", token, json={"title": title}, headers={"if-match": '"1"'})
        statuses.append(answer.status_code)

    async with anyio.create_task_group() as group:
        for number in range(6):
            group.start_soon(replace, f"Shop {number}")
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 409, 412}


async def test_an_id_in_the_body_that_contradicts_the_path_is_refused(api: Api, token: str) -> None:
    await api.call("POST", "/applications", token, json=SHOP)
    answer = await api.call(
        "PUT", "/applications/shop", token, json=SHOP | {"id": "other"}, headers={"if-match": '"1"'}
    )
    assert answer.status_code == 400


async def test_a_secret_is_seen_once_and_ends_by_rotation(api: Api, token: str) -> None:
    await api.call("POST", "/applications", token, json=SHOP)
    first = (await api.call("POST", "/applications/shop/secrets", token)).json()["secret"]
    second = (await api.call("POST", "/applications/shop/secrets", token)).json()["secret"]
    check, context = api.kernel.applications.check_secret, api.context()
    assert [await check(context, "shop", one) for one in (first, second)] == [True, True]
    assert (await api.call("DELETE", "/applications/shop/secrets", token)).json() == {"ended": 1}
    assert [await check(context, "shop", one) for one in (first, second)] == [False, True]


async def test_a_secret_in_a_protocols_part_is_masked_and_kept(api: Api, token: str) -> None:
    part = {"url": "https://a.example", "client_secret": SECRET}
    made = await api.call("POST", "/applications", token, json=SHOP | {"protocols": {"sample": part}})
    assert made.json()["protocols"]["sample"]["client_secret"] == "***"
    for blank in ("***", ""):
        version = (await api.call("GET", "/applications/shop", token)).headers["etag"]
        body = {"title": "Shop", "protocols": {"sample": part | {"client_secret": blank}}}
        answer = await api.call("PUT", "/applications/shop", token, json=body, headers={"if-match": version})
        assert answer.status_code == 200, answer.text
        stored = await api.kernel.applications.get(api.context(), "shop")
        assert stored is not None
        assert stored.protocols["sample"]["client_secret"] == SECRET


async def test_a_removed_application_is_gone(api: Api, token: str) -> None:
    await api.call("POST", "/applications", token, json=SHOP)
    assert (await api.call("DELETE", "/applications/shop", token)).status_code == 204
    assert (await api.call("DELETE", "/applications/shop", token)).status_code == 404
    assert (await api.call("GET", "/applications/shop", token)).status_code == 404


async def test_pages_follow_each_other(api: Api, token: str) -> None:
    for name in ("a", "b", "c"):
        await api.call("POST", "/applications", token, json={"id": name, "title": name})
    first = (await api.call("GET", "/applications", token, params={"limit": 3})).json()
    second = (await api.call("GET", "/applications", token, params={"limit": 3, "after": first["next"]})).json()
    assert [one["id"] for one in first["items"] + second["items"]] == ["a", "b", "backoffice", "c"]
    assert second["next"] is None
