"""Grants, through the API."""

from __future__ import annotations

from tests.plugins.api.conftest import Api


async def test_grants_are_listed_without_what_is_the_protocols_own(api: Api, token: str) -> None:
    user = await api.user()
    await api.token("openid", person=user.id)
    answer = await api.call("GET", f"/users/{user.id}/grants", token)
    (one,) = answer.json()["items"]
    assert (one["application"], one["scope"]) == ("backoffice", ["openid"])
    assert "data" not in one
