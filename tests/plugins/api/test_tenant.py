"""The tenant, through the API."""

from __future__ import annotations

from tests.plugins.api.conftest import Api


async def test_the_tenant_says_what_it_is(api: Api, token: str) -> None:
    answer = await api.call("GET", "/tenant", token)
    assert answer.json() == {
        "id": "acme",
        "title": "Acme Stores",
        "issuer": "http://localhost:8000/t/acme",
        "locale": "en",
        "plugins": ["api", "dependent", "sample"],
    }
