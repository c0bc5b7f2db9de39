"""The audit log, through the API."""

from __future__ import annotations

from tests.plugins.api.conftest import Api


async def test_events_are_filtered_by_kind_object_and_person(api: Api, token: str) -> None:
    ada, bob = await api.user("ada@acme.example"), await api.user("bob@acme.example")
    await api.credential(ada)
    of_ada = (await api.call("GET", "/events", token, params={"person": str(ada.id)})).json()["items"]
    assert {one["type"] for one in of_ada} == {"user.created", "credential.added"}
    about = {"object_kind": "user", "object_id": str(bob.id)}
    (of_bob,) = (await api.call("GET", "/events", token, params=about)).json()["items"]
    assert (of_bob["type"], of_bob["object"]) == ("user.created", {"kind": "user", "id": str(bob.id)})
    kinds = [("type", "user.*"), ("type", "credential.added")]
    found = (await api.call("GET", "/events", token, params=kinds)).json()["items"]
    assert [one["type"] for one in found] == ["credential.added", "user.created", "user.created"]


async def test_pages_follow_each_other(api: Api, token: str) -> None:
    for number in range(3):
        await api.user(f"p{number}@acme.example")
    query = {"type": "user.created", "limit": 2}
    first = (await api.call("GET", "/events", token, params=query)).json()
    second = (await api.call("GET", "/events", token, params=query | {"after": first["next"]})).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)


async def test_half_an_object_is_refused(api: Api, token: str) -> None:
    answer = await api.call("GET", "/events", token, params={"object_kind": "user"})
    assert (answer.status_code, answer.json()["errors"]) == (422, {"object_id": "error.missing_field"})
