"""What holds for the operations of every plugin, tried with those of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.plugins.api.conftest import EVERY_SCOPE, Api
from xenia.api import Noun, Operation, new_id

ODD: tuple[Any, ...] = ({}, [], {"x": 1}, None, {"reason": "\0", "hours": 1}, {"rules": "\0"})


async def is_guarded(api: Api, noun: Noun, bodies: Mapping[str, Any], ids: Mapping[str, str], query: str) -> None:
    """Without a token, without the scope, for a person without the role: nothing. Another tenant's ids are as unknown as those of
    nobody, and nothing that is sent is an error of the server.
    """
    nobody = await api.user("nobody@acme.example")
    scopes = (*EVERY_SCOPE, *(permission.name for permission in noun.permissions))
    foreign = await api.token(*scopes, tenant="other")
    for operation in noun.operations:
        call = calling(api, operation, bodies.get(operation.id), query)
        others = [scope for scope in scopes if scope != operation.permission]
        assert (await call("", ids)).status_code == 401, operation.id
        assert (await call(await api.token(*others), ids)).status_code == 403, operation.id
        assert (await call(await api.token(*scopes, person=nobody.id), ids)).status_code == 403, operation.id
        if operation.path_names:
            elsewhere = await call(foreign, ids, tenant="other")
            unknown = await call(foreign, {name: str(new_id()) for name in ids}, tenant="other")
            assert (elsewhere.status_code, unknown.status_code) == (404, 404), operation.id
        for odd in ODD if "body" in operation.takes else ():
            wrong = await calling(api, operation, odd, query)(await api.token(*scopes), ids)
            assert wrong.status_code in (400, 415, 422), operation.id


def calling(api: Api, operation: Operation, body: Any, query: str) -> Callable[..., Any]:
    """Calls one operation."""
    given = {"json": body} if "body" in operation.takes else {}
    wanted = f"?{query}" if operation.method == "DELETE" and "query" in operation.takes else ""

    async def call(token: str, ids: Mapping[str, str], tenant: str = "acme") -> Any:
        return await api.call(operation.method, operation.path.format(**ids) + wanted, token, tenant=tenant, **given)

    return call
