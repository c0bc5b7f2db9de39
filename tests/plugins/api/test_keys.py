"""Signing keys, through the API."""

from __future__ import annotations

from tests.plugins.api.conftest import Api

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


async def test_keys_show_their_state_and_their_public_part_only(api: Api, token: str) -> None:
    keys = (await api.call("GET", "/keys", token)).json()["items"]
    assert "active" in {key["state"] for key in keys}
    assert all(not PRIVATE & key["jwk"].keys() for key in keys)


async def test_a_rotation_lets_another_key_sign_and_trusts_the_old_one_still(api: Api, token: str) -> None:
    before = (await api.call("GET", "/keys", token)).json()["items"]
    active = next(key["kid"] for key in before if key["state"] == "active" and key["alg"] == "ES256")
    rotated = (await api.call("POST", "/keys/rotate", token, json={"alg": "ES256"})).json()
    assert (rotated["state"], rotated["kid"] != active) == ("active", True)
    after = {key["kid"]: key["state"] for key in (await api.call("GET", "/keys", token)).json()["items"]}
    assert after[active] == "passive"
