"""People, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.api.conftest import Api
from xenia.api import new_id
from xenia.events.models import EventQuery

ADA = {"kind": "email", "value": "Ada@acme.example", "verified": True}


async def create(api: Api, token: str, **more: Any) -> dict[str, Any]:
    answer = await api.call("POST", "/users", token, json={"identifiers": [ADA], **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_person_is_created_with_an_address_of_their_own(api: Api, token: str) -> None:
    answer = await api.call("POST", "/users", token, json={"identifiers": [ADA], "attributes": {"given_name": "Ada"}})
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["location"] == f"http://localhost:8000/t/acme/api/v1/users/{made['id']}"
    read = await api.call("GET", f"/users/{made['id']}", token)
    assert read.json() == made
    assert "normalised" not in read.text


async def test_a_taken_identifier_is_a_conflict(api: Api, token: str) -> None:
    await create(api, token)
    again = await api.call("POST", "/users", token, json={"identifiers": [ADA]})
    assert (again.status_code, again.headers["content-type"]) == (409, "application/problem+json")


async def test_pages_follow_each_other_without_gap_or_repetition(api: Api, token: str) -> None:
    people = [await api.user(f"p{number}@acme.example") for number in range(5)]
    seen: list[str] = []
    after = ""
    for _ in range(3):
        page = (await api.call("GET", "/users", token, params={"limit": 2, "after": after})).json()
        seen += [one["id"] for one in page["items"]]
        after = page["next"] or ""
    assert after == ""
    assert seen == [str(person.id) for person in reversed(people)]


async def test_a_list_is_searched_and_filtered_in_the_database(api: Api, token: str) -> None:
    ada, bob = await api.user("ada@acme.example"), await api.user("bob@acme.example")
    await api.call("PATCH", f"/users/{bob.id}", token, json={"status": "disabled"})
    found = await api.call("GET", "/users", token, params={"search": "ada@"})
    assert [one["id"] for one in found.json()["items"]] == [str(ada.id)]
    disabled = await api.call("GET", "/users", token, params={"status": "disabled"})
    assert [one["id"] for one in disabled.json()["items"]] == [str(bob.id)]


async def test_a_change_touches_only_what_it_names(api: Api, token: str) -> None:
    user = await create(api, token, attributes={"given_name": "Ada", "family_name": "L."}, locale="en")
    changes = {"attributes": {"given_name": None, "nickname": "A."}, "status": "disabled"}
    changed = (await api.call("PATCH", f"/users/{user['id']}", token, json=changes)).json()
    assert changed["attributes"] == {"family_name": "L.", "nickname": "A."}
    assert (changed["status"], changed["locale"]) == ("disabled", "en")


async def test_a_change_that_is_refused_in_part_changes_nothing(api: Api, token: str) -> None:
    user = await api.user()
    changes = {"attributes": {"nickname": "A."}, "roles": ["\u00a0"]}
    assert (await api.call("PATCH", f"/users/{user.id}", token, json=changes)).status_code == 422
    changes = {"locale": "de", "attributes": {"unheard_of": 1}}
    assert (await api.call("PATCH", f"/users/{user.id}", token, json=changes)).status_code == 422
    read = (await api.call("GET", f"/users/{user.id}", token)).json()
    assert (read["attributes"], read["locale"]) == ({}, None)


async def test_an_id_in_the_body_that_contradicts_the_path_is_refused(api: Api, token: str) -> None:
    user = await api.user()
    other = await api.call("PATCH", f"/users/{user.id}", token, json={"id": str(new_id()), "locale": "de"})
    assert other.status_code == 400
    same = await api.call("PATCH", f"/users/{user.id}", token, json={"id": str(user.id), "locale": "de"})
    assert same.status_code == 200


async def test_disabling_ends_every_session(api: Api, token: str) -> None:
    user = await api.user()
    await api.session(user)
    await api.call("PATCH", f"/users/{user.id}", token, json={"status": "disabled"})
    assert (await api.call("GET", f"/users/{user.id}/sessions", token)).json() == {"items": []}


async def test_an_erased_person_is_gone(api: Api, token: str) -> None:
    user = await api.user()
    assert (await api.call("DELETE", f"/users/{user.id}", token)).status_code == 204
    assert (await api.call("DELETE", f"/users/{user.id}", token)).status_code == 404
    assert (await api.call("PATCH", f"/users/{user.id}", token, json={"locale": "de"})).status_code == 404
    assert "ada@" not in (await api.call("GET", f"/users/{user.id}", token)).text


async def test_identifiers_come_and_go_but_the_last_one_stays(api: Api, token: str) -> None:
    user = await api.user()
    path = f"/users/{user.id}/identifiers"
    added = await api.call("POST", path, token, json={"kind": "username", "value": "ada"})
    assert added.status_code == 201
    assert {one["kind"] for one in added.json()["identifiers"]} == {"email", "username"}
    query = {"kind": "username", "value": "ada"}
    assert (await api.call("DELETE", path, token, params=query)).status_code == 204
    assert (await api.call("DELETE", path, token, params=query)).status_code == 404
    last = await api.call("DELETE", path, token, params={"kind": "email", "value": "ada@acme.example"})
    assert last.status_code == 409


@pytest.mark.parametrize("before", ["create", "erase"])
async def test_plugins_are_asked_before_people_are_created_or_erased(
    api: Api, token: str, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xenia.api import text

    async def problems(*_: Any) -> Any:
        return {"email": text("user.taken")} if before == "create" else text("user.taken")

    user = await api.user()
    monkeypatch.setattr(api.kernel.hooks, "validate_user" if before == "create" else "before_erase", problems)
    if before == "create":
        body = {"identifiers": [{"kind": "username", "value": "new"}]}
        assert (await api.call("POST", "/users", token, json=body)).status_code == 422
    else:
        assert (await api.call("DELETE", f"/users/{user.id}", token)).status_code == 409


async def test_every_change_is_told_with_who_made_it(api: Api, token: str) -> None:
    user = await create(api, token)
    await api.call("PATCH", f"/users/{user['id']}", token, json={"status": "disabled"})
    page = await api.kernel.events.list(api.context(), EventQuery(types=("user.*",)))
    assert [event.type for event in page.events][:2] == ["user.disabled", "user.created"]
    assert {event.actor.id for event in page.events} == {"backoffice"}
