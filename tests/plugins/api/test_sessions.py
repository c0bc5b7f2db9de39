"""Sessions, through the API."""

from __future__ import annotations

from tests.plugins.api.conftest import Api


async def test_a_session_is_seen_and_ended_once(api: Api, token: str) -> None:
    user = await api.user()
    session = await api.session(user)
    read = await api.call("GET", f"/sessions/{session}", token)
    assert (read.json()["id"], read.json()["user_id"]) == (str(session), str(user.id))
    assert (await api.call("DELETE", f"/sessions/{session}", token)).status_code == 204
    assert (await api.call("DELETE", f"/sessions/{session}", token)).status_code == 404
    assert (await api.call("GET", f"/sessions/{session}", token)).status_code == 404


async def test_a_person_is_signed_out_everywhere(api: Api, token: str) -> None:
    user, other = await api.user("ada@acme.example"), await api.user("bob@acme.example")
    mine = {str(await api.session(user)) for _ in range(2)}
    theirs = await api.session(other)
    listed = await api.call("GET", f"/users/{user.id}/sessions", token)
    assert {one["id"] for one in listed.json()["items"]} == mine
    assert (await api.call("DELETE", f"/users/{user.id}/sessions", token)).json() == {"ended": 2}
    assert (await api.call("DELETE", f"/users/{user.id}/sessions", token)).json() == {"ended": 0}
    assert (await api.call("GET", f"/sessions/{theirs}", token)).status_code == 200
