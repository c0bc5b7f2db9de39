"""Nobody does by the API what they may not do themselves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.api.conftest import EVERY_SCOPE, Api
from xenia.api import ScopeSet, User
from xenia.testing.app import TENANT

READS, WRITES, GIVES = "xenia:users:read", "xenia:users:write", "xenia:roles:write"


@pytest.fixture
async def roles(api: Api) -> None:
    """Roles of the tenant: one that reads people, one that does all, one that does nothing."""
    roles = {"reader": (READS,), "clerk": (READS, WRITES), "chief": EVERY_SCOPE, "member": ()}
    await api.kernel.tenants.change(api.context(), TENANT, roles=roles)


async def person(api: Api, role: str) -> User:
    return await api.user(f"{role}@acme.example", roles=(role,))


async def test_a_person_may_no_more_than_their_roles_allow(api: Api, roles: None) -> None:
    reader = await person(api, "reader")
    token = await api.token(*EVERY_SCOPE, person=reader.id)
    assert (await api.call("GET", "/users", token)).status_code == 200
    assert (await api.call("GET", f"/users/{reader.id}", token)).status_code == 200
    assert (await api.call("PATCH", f"/users/{reader.id}", token, json={"locale": "de"})).status_code == 403
    assert (await api.call("GET", "/events", token)).status_code == 403


async def test_a_person_whose_role_was_taken_away_is_refused_at_once(api: Api, roles: None) -> None:
    reader = await person(api, "reader")
    token = await api.token(READS, person=reader.id)
    await api.kernel.users.set_roles(api.context(), reader.id, ())
    assert (await api.call("GET", "/users", token)).status_code == 403


async def test_giving_roles_asks_for_a_permission_of_its_own(api: Api, roles: None) -> None:
    token = await api.token(READS, WRITES)
    user = await api.user()
    assert (await api.call("PATCH", f"/users/{user.id}", token, json={"roles": ["member"]})).status_code == 403
    body = {"identifiers": [{"kind": "username", "value": "new"}], "roles": ["member"]}
    assert (await api.call("POST", "/users", token, json=body)).status_code == 403


@pytest.mark.parametrize("as_person", [False, True])
async def test_nobody_gives_a_role_that_holds_more_than_they_do(api: Api, roles: None, as_person: bool) -> None:
    await api.kernel.tenants.change(
        api.context(), TENANT, roles={"giver": (READS, WRITES, GIVES), "chief": EVERY_SCOPE, "reader": (READS,)}
    )
    giver = (await person(api, "giver")).id if as_person else None
    token = await api.token(*(EVERY_SCOPE if as_person else (READS, WRITES, GIVES)), person=giver)
    user = await api.user()
    refused = await api.call("PATCH", f"/users/{user.id}", token, json={"roles": ["chief"]})
    assert refused.status_code == 403
    allowed = await api.call("PATCH", f"/users/{user.id}", token, json={"roles": ["reader"]})
    assert allowed.json()["roles"] == ["reader"]


@pytest.mark.parametrize(
    ("method", "below", "body"),
    [
        ("PATCH", "", {"status": "disabled"}),
        ("DELETE", "", None),
        ("POST", "/identifiers", {"kind": "email", "value": "mallory@evil.example", "verified": True}),
        ("DELETE", "/identifiers?kind=email&value=chief@acme.example", None),
        ("PATCH", "", {"roles": []}),
    ],
)
async def test_nobody_takes_over_somebody_who_holds_more(
    api: Api, roles: None, method: str, below: str, body: Any
) -> None:
    chief = await person(api, "chief")
    token = await api.token(READS, WRITES, GIVES)
    options = {"json": body} if body is not None else {}
    assert (await api.call(method, f"/users/{chief.id}{below}", token, **options)).status_code == 403


async def test_a_credential_of_somebody_who_holds_more_stays(api: Api, roles: None) -> None:
    chief = await person(api, "chief")
    credential = await api.credential(chief)
    token = await api.token("xenia:credentials:write")
    assert (await api.call("DELETE", f"/users/{chief.id}/credentials/{credential}", token)).status_code == 403


APPS = ("xenia:applications:read", "xenia:applications:write")


@pytest.mark.parametrize("part", [{"scope": f"openid {WRITES}"}, {"lines": ["openid", WRITES]}])
async def test_nobody_gives_an_application_a_scope_that_they_lack(api: Api, part: dict[str, Any]) -> None:
    body = {"id": "tool", "title": "Tool", "protocols": {"sample": part}}
    token = await api.token(*APPS)
    assert (await api.call("POST", "/applications", token, json=body)).status_code == 403
    await api.call("POST", "/applications", token, json={"id": "tool", "title": "Tool"})
    del body["id"]
    etag = {"if-match": '"1"'}
    assert (await api.call("PUT", "/applications/tool", token, json=body, headers=etag)).status_code == 403
    wider = await api.token(*APPS, WRITES)
    assert (await api.call("PUT", "/applications/tool", wider, json=body, headers=etag)).status_code == 200


async def test_nobody_takes_over_an_application_that_may_more_than_they(api: Api, token: str) -> None:
    body = {"id": "tool", "title": "Tool", "protocols": {"sample": {"lines": [WRITES]}}}
    await api.call("POST", "/applications", token, json=body)
    lesser, path = await api.token(*APPS), "/applications/tool"
    etag = {"if-match": '"1"'}
    assert (await api.call("GET", path, lesser)).status_code == 200
    assert (await api.call("POST", f"{path}/secrets", lesser)).status_code == 403
    assert (await api.call("DELETE", f"{path}/secrets", lesser)).status_code == 403
    assert (await api.call("DELETE", path, lesser)).status_code == 403
    assert (await api.call("PUT", path, lesser, json={"title": "x"}, headers=etag)).status_code == 403


async def test_administrators_are_not_changed_by_the_api(api: Api) -> None:
    await api.app.tenant("system", plugins=("api", "sample"))
    admin = await api.user("root@system.example", tenant="system", roles=("admin",))
    token = await api.token(*EVERY_SCOPE, tenant="system")
    new = {"identifiers": [{"kind": "username", "value": "mallory"}]}
    assert (await api.call("POST", "/users", token, tenant="system", json=new)).status_code == 403
    path = f"/users/{admin.id}"
    assert (await api.call("GET", path, token, tenant="system")).status_code == 200
    assert (await api.call("PATCH", path, token, tenant="system", json={"roles": []})).status_code == 403
    assert (await api.call("DELETE", path, token, tenant="system")).status_code == 403


async def test_who_sees_nothing_is_refused_and_who_sees_some_never_sees_all(
    api: Api, roles: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    chief = await person(api, "chief")
    token = await api.token(*EVERY_SCOPE, person=chief.id)
    seen = ScopeSet()

    async def visible(*_: object) -> ScopeSet:
        return seen

    monkeypatch.setattr(api.kernel.access, "visible", visible)
    lists = ("/users", "/applications", "/events", "/plugins", "/tenant", "/keys")
    for path in lists:
        assert (await api.call("GET", path, token)).status_code == 403
    seen = ScopeSet(users=frozenset({chief.id}))
    for path in lists[1:]:
        assert (await api.call("GET", path, token)).status_code == 403
    await api.user("chip@acme.example")
    for search in ("", "chi"):
        some = await api.call("GET", "/users", token, params={"search": search})
        assert [one["id"] for one in some.json()["items"]] == [str(chief.id)]
    assert (await api.call("GET", "/users", token, params={"search": "chip"})).json()["items"] == []
    own = await api.call("GET", "/events", token, params={"person": str(chief.id)})
    assert own.status_code == 200
