"""Credentials, through the API: that they exist, and their end."""

from __future__ import annotations

from tests.plugins.api.conftest import SECRET, Api


async def test_credentials_are_listed_without_what_they_hold(api: Api, token: str) -> None:
    user = await api.user()
    credential = await api.credential(user)
    answer = await api.call("GET", f"/users/{user.id}/credentials", token)
    (one,) = answer.json()["items"]
    assert (one["id"], one["plugin"], one["label"], one["used_at"]) == (str(credential), "sample", "Phone", None)
    assert "data" not in one
    assert SECRET not in answer.text


async def test_a_credential_is_removed_once_and_only_from_its_owner(api: Api, token: str) -> None:
    ada, bob = await api.user("ada@acme.example"), await api.user("bob@acme.example")
    credential = await api.credential(ada)
    assert (await api.call("DELETE", f"/users/{bob.id}/credentials/{credential}", token)).status_code == 404
    assert (await api.call("DELETE", f"/users/{ada.id}/credentials/{credential}", token)).status_code == 204
    assert (await api.call("DELETE", f"/users/{ada.id}/credentials/{credential}", token)).status_code == 404


async def test_without_a_plugin_that_can_help_that_is_said(api: Api, token: str) -> None:
    user = await api.user()
    for what in ("reset-link", "password-change"):
        assert (await api.call("POST", f"/users/{user.id}/{what}", token)).status_code == 409


async def test_whoever_holds_more_is_helped_by_nobody_below(api: Api) -> None:
    context = api.context()
    await api.kernel.tenants.change(context, "acme", roles={"boss": ("xenia:keys:write",)})
    boss = await api.user(roles=("boss",))
    token = await api.token("xenia:credentials:write")
    for what in ("reset-link", "password-change"):
        assert (await api.call("POST", f"/users/{boss.id}/{what}", token)).status_code == 403
