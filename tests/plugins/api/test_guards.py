"""Every operation is guarded, and another tenant's things are as unknown as things that never were."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.plugins.api.conftest import EVERY_SCOPE, Api
from tests.plugins.api.sweeps import options, random_things, things_of
from xenia.access.permissions import PERMISSIONS
from xenia.api import GuardKind
from xenia_api import register_routes
from xenia_api.catalogue import OPERATIONS

PROBLEM = "application/problem+json"


def said(answer: httpx2.Response) -> tuple[int, dict[str, Any]]:
    """The answer without the request's own id."""
    body = answer.json() if answer.content else {}
    return answer.status_code, {name: value for name, value in body.items() if name != "request_id"}


async def test_every_route_but_the_description_asks_for_a_registered_permission(api: Api) -> None:
    names = {permission.name for permission in PERMISSIONS}
    guards = [route.opt["guard"] for route in register_routes(host=api.kernel) if route.opt]
    assert len(guards) == len(OPERATIONS) + 1
    assert [guard.kind for guard in guards].count(GuardKind.PUBLIC) == 1
    assert {guard.permission for guard in guards if guard.kind is GuardKind.BEARER} <= names


async def test_without_a_token_nothing_is_told(api: Api) -> None:
    things = await things_of(api, "acme")
    opaque = "xat_0000000000000000000000000000000000000000000"
    for operation in OPERATIONS:
        for token in ("", "nonsense", opaque, "a.b.c"):
            answer = await api.call(operation.method, things.path(operation), token, **options(operation))
            assert answer.status_code == 401, operation.id
            assert answer.headers["content-type"] == PROBLEM
            assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_of_every_other_scope_is_refused(api: Api) -> None:
    things = await things_of(api, "acme")
    for operation in OPERATIONS:
        token = await api.token(*(scope for scope in EVERY_SCOPE if scope != operation.permission))
        answer = await api.call(operation.method, things.path(operation), token, **options(operation))
        assert (answer.status_code, answer.headers["content-type"]) == (403, PROBLEM), operation.id


async def test_a_person_whose_roles_allow_everything_else_is_refused(api: Api) -> None:
    things = await things_of(api, "acme")
    for place, operation in enumerate(OPERATIONS):
        role = tuple(scope for scope in EVERY_SCOPE if scope != operation.permission)
        await api.kernel.tenants.change(api.context(), "acme", roles={"clerk": role})
        clerk = await api.user(f"clerk{place}@acme.example", roles=("clerk",))
        token = await api.token(*EVERY_SCOPE, person=clerk.id)
        answer = await api.call(operation.method, things.path(operation), token, **options(operation))
        assert answer.status_code == 403, operation.id


async def test_head_says_what_get_would_without_its_body(api: Api, token: str) -> None:
    got, said = await api.call("GET", "/users", token), await api.call("HEAD", "/users", token)
    assert (said.status_code, said.headers["content-type"]) == (got.status_code, got.headers["content-type"])
    assert said.content == b""
    assert (await api.call("HEAD", "/users", "")).status_code == 401


async def test_methods_that_are_not_offered_are_refused(api: Api, token: str) -> None:
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        answer = await api.call(method, "/users", token)
        assert 400 <= answer.status_code < 500, method


@pytest.mark.parametrize("audience", ["https://shop.acme.example", "http://localhost:8000/t/other"])
async def test_a_token_that_is_meant_for_another_service_opens_nothing(api: Api, audience: str) -> None:
    token = await api.token(*EVERY_SCOPE, audience=audience)
    assert (await api.call("GET", "/users", token)).status_code == 401


async def test_a_token_of_another_tenant_opens_nothing(api: Api) -> None:
    token = await api.token(*EVERY_SCOPE, tenant="other", audience="http://localhost:8000/t/acme")
    things = await things_of(api, "acme")
    for operation in OPERATIONS:
        answer = await api.call(operation.method, things.path(operation), token, **options(operation))
        assert answer.status_code == 401, operation.id


async def test_another_tenants_things_answer_like_things_that_never_were(api: Api, token: str) -> None:
    theirs, nobodys = await things_of(api, "other"), random_things()
    for operation in OPERATIONS:
        names = [name for name in operation.path_names if name != "name"]
        if not names:
            continue
        foreign = await api.call(operation.method, theirs.path(operation), token, **options(operation))
        random = await api.call(operation.method, nobodys.path(operation), token, **options(operation))
        assert said(foreign) == said(random), operation.id
        assert foreign.status_code == 404


async def test_anothers_credential_is_unknown_below_ones_own_user(api: Api, token: str) -> None:
    mine, theirs = await things_of(api, "acme"), await things_of(api, "other")
    operation = next(one for one in OPERATIONS if one.id == "removeCredential")
    path = mine.path(operation, credential_id=theirs.values["credential_id"])
    assert (await api.call("DELETE", path, token)).status_code == 404


@pytest.mark.parametrize(
    "mutation",
    [
        "%2e/users",
        "/users",
        "%2fusers",
        ";a=b/users",
        "users;a=b",
        "Users",
        "users.",
        "users/%2e",
        "users/%2e%2e/users",
        "users%00",
    ],
)
async def test_odd_spellings_of_a_path_open_nothing(api: Api, token: str, mutation: str) -> None:
    for bearer in ("", token):
        answer = await api.call("GET", f"/{mutation}", bearer)
        assert answer.status_code in (401, 404), answer.text
        assert "items" not in answer.json()
