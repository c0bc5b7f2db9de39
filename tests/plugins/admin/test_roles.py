"""Roles are given and taken after a question that says what changes."""

from __future__ import annotations

from tests.plugins.admin.conftest import World
from xenia.api import User
from xenia.testing.app import Browser, form_of


async def roles_of(world: World, user: User) -> tuple[str, ...]:
    """What somebody holds now."""
    found = await world.kernel.users.get(world.context(user.tenant), user.id)
    assert found
    return found.roles


async def test_a_question_says_what_is_given_and_what_is_taken(world: World, chief: Browser) -> None:
    user = await world.user("ada@demo.example", roles=("boss",), name="Ada Quillfeather")
    place = f"/console/demo/users/{user.id}/roles"
    question = await chief.post(place, {"role.buyer": "true"})
    assert question.status_code == 200
    assert "Given" in question.text
    assert "boss: xenia:plugins:write" in question.text
    assert "btn-danger" in question.text, "something is taken away"
    assert await roles_of(world, user) == ("boss",), "nothing happens before the answer"
    done = await chief.post(place, {**form_of(question, {"role.buyer": "true"})[1], "action": "confirm"})
    assert "Saved." in done.text
    assert await roles_of(world, user) == ("buyer",)


async def test_roles_that_stay_as_they_are_need_no_question(world: World, chief: Browser) -> None:
    user = await world.user("ada@demo.example", roles=("buyer",))
    done = await chief.post(f"/console/demo/users/{user.id}/roles", {"role.buyer": "true"})
    assert "Saved." in done.text


async def test_what_an_administrator_gets_is_said_in_words(world: World, chief: Browser) -> None:
    other = await world.user("second@xenia.example", tenant="system")
    question = await chief.post(f"/console/system/users/{other.id}/roles", {"roles": "admin\nadmin:demo\nsupport:demo"})
    assert "admin: everything in every tenant" in question.text
    assert "admin:demo: everything in the tenant demo" in question.text
    assert "support:demo: xenia:users:read" in question.text
    assert await roles_of(world, other) == ()


async def test_a_tenant_without_roles_has_no_form_for_them(world: World, chief: Browser) -> None:
    user = await world.user("ada@other.example", tenant="other")
    page = await chief.get(f"/console/other/users/{user.id}/roles")
    assert "This tenant names no roles yet" in page.text
    assert 'hx-post="/t/system/console/other' not in page.text
