"""No secret can be read: not by any operation, not by any caller."""

from __future__ import annotations

from tests.plugins.api.conftest import SECRET, Api
from tests.plugins.api.sweeps import options, things_of
from xenia.api import Application
from xenia_api.catalogue import OPERATIONS

CHOSEN = "a-secret-that-a-person-chose"


async def test_no_answer_of_any_read_holds_a_secret(api: Api, token: str) -> None:
    things, context = await things_of(api, "acme"), api.context()
    shop = things.values["application_id"]
    values = {"password": SECRET, "connection": {"api_key": SECRET}}
    await api.call("PUT", "/plugins/sample/settings", token, json={"values": values})
    parts = {"sample": {"client_secret": SECRET}}
    await api.kernel.applications.put(context, Application(tenant="acme", id=shop, title="One", protocols=parts))
    made = await api.kernel.applications.add_secret(context, shop)
    await api.kernel.applications.add_secret(context, shop, CHOSEN)
    await api.app.settle()
    reads = [operation for operation in OPERATIONS if operation.method == "GET"]
    assert len(reads) > 12
    for operation in reads:
        answer = await api.call("GET", things.path(operation), token, **options(operation))
        assert answer.status_code == 200, f"{operation.id}: {answer.text}"
        for secret in (SECRET, CHOSEN, made, "$argon2", "sha256:", "PRIVATE KEY"):
            assert secret not in answer.text, operation.id


async def test_answers_are_kept_by_no_cache(api: Api, token: str) -> None:
    await api.call("POST", "/applications", token, json={"id": "shop", "title": "Shop"})
    for method, path in (("GET", "/users"), ("POST", "/applications/shop/secrets")):
        answer = await api.call(method, path, token)
        assert "no-store" in answer.headers["cache-control"]
