"""What an administrator does: to people, applications, plugins, keys and settings; and what they may not."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx2

from tests.plugins.admin.conftest import SECRET, World
from xenia.api import IdentifierKind, KeyState, SignInSettings, UserStatus
from xenia.testing.app import Browser

SECRET_SHOWN = re.compile(r'data-copy="(x[a-z]+_[^"]+|[A-Za-z0-9_-]{40,})"')


def secrets_of(page: httpx2.Response) -> list[str]:
    """What a page offers to copy that looks like a secret."""
    return [unescape(found) for found in SECRET_SHOWN.findall(page.text) if "-" not in found[:9]]


async def confirmed(browser: Browser, path: str) -> httpx2.Response:
    """The question at a path, answered with yes."""
    return await answered(browser, await browser.get(path))


async def answered(browser: Browser, question: httpx2.Response, word: str = "") -> httpx2.Response:
    """The answer to a question, sent as its form says."""
    assert question.status_code in (200, 422), question.text
    main = question.text[question.text.index("<main") :]
    action = re.search(r'<form[^>]*action="([^"]*)"', main)
    assert action
    return await browser.post(unescape(action[1]), {"word": word, "action": "confirm"})


# -- people


async def test_a_person_is_created_found_and_shown(world: World, chief: Browser) -> None:
    form = {"email": "ada@demo.example", "verified": "true", "attributes.name": "Ada Quillfeather"}
    made = await chief.post("/console/demo/users/new", form)
    assert made.status_code == 200
    assert "Ada Quillfeather" in made.text
    assert "Created." in made.text
    assert "Ada Quillfeather" in (await chief.get("/console/demo/users?q=ada")).text
    again = await chief.post("/console/demo/users/new", form)
    assert again.status_code == 422
    assert 'value="ada@demo.example"' in again.text.replace("&#x2f;", "/")
    assert (await chief.post("/console/demo/users/new", {})).status_code == 422


async def test_disabling_says_how_many_sessions_end_and_ends_them(world: World, chief: Browser) -> None:
    user = await world.user("ada@demo.example")
    for _ in range(2):
        await world.signed_in(user)
    question = await chief.get(f"/console/demo/users/{user.id}/disable")
    assert "2 sessions" in question.text
    done = await answered(chief, question)
    assert "Every session of theirs has ended" in done.text
    assert await world.kernel.sessions.of_user(world.context(), user.id) == ()
    await confirmed(chief, f"/console/demo/users/{user.id}/enable")
    found = await world.kernel.users.get(world.context(), user.id)
    assert found
    assert found.status is UserStatus.ACTIVE


async def test_erasing_asks_for_the_typed_word(world: World, chief: Browser) -> None:
    user = await world.user("ada@demo.example", name="Ada")
    question = await chief.get(f"/console/demo/users/{user.id}/erase")
    wrong = await answered(chief, question, "yes")
    assert wrong.status_code == 422
    done = await answered(chief, wrong, "ada@demo.example")
    assert done.status_code == 200
    found = await world.kernel.users.get(world.context(), user.id)
    assert found
    assert (found.status, found.identifiers) == (UserStatus.ERASED, ())
    assert (await chief.post(f"/console/demo/users/{user.id}/enable", {})).status_code == 404


async def test_identifiers_credentials_and_sessions_are_taken_away_one_by_one(world: World, chief: Browser) -> None:
    user = await world.user("ada@demo.example")
    await world.credential(user)
    await world.signed_in(user)
    place = f"/console/demo/users/{user.id}"
    last = await confirmed(chief, f"{place}/identifiers/remove?kind=email&value=ada%40demo.example")
    assert last.status_code == 409
    added = await chief.post(f"{place}/identifiers/new", {"kind": "username", "value": "ada"})
    assert added.status_code == 200
    await confirmed(chief, f"{place}/identifiers/remove?kind=email&value=ada%40demo.example")
    credential = (await world.kernel.credentials.summaries(world.context(), user.id))[0]
    question = await chief.get(f"{place}/credentials/{credential.id}/remove")
    assert "0 ways to sign in are left" in question.text
    await answered(chief, question)
    session = (await world.kernel.sessions.of_user(world.context(), user.id))[0]
    await confirmed(chief, f"/console/demo/sessions/{session.id}/end")
    found = await world.kernel.users.get(world.context(), user.id)
    assert found
    assert [one.value for one in found.identifiers] == ["ada"]
    assert await world.kernel.credentials.summaries(world.context(), user.id) == ()
    assert await world.kernel.sessions.of_user(world.context(), user.id) == ()


async def test_an_invitation_lets_somebody_choose_how_to_sign_in(world: World, chief: Browser) -> None:
    user = await world.user("ada@demo.example")
    shown = await confirmed(chief, f"/console/demo/users/{user.id}/invite")
    link = unescape(re.search(r'data-copy="(http[^"]+)"', shown.text)[1])  # type: ignore[index]
    page = await world.app.browser("demo").get(link)
    assert page.status_code == 200
    assert 'type="password"' in page.text


async def test_nobody_gives_or_takes_over_more_than_they_hold(world: World, chief: Browser) -> None:
    boss = await world.user("boss@demo.example", roles=("boss",))
    plain = await world.user("ada@demo.example")
    clerk = await world.administrator("clerk:demo", email="clerk@xenia.example")
    assert (await clerk.post(f"/console/demo/users/{boss.id}/disable", {})).status_code == 403
    assert (await clerk.post(f"/console/demo/users/{plain.id}/disable", {})).status_code == 200
    form = {"role.buyer": "true", "role.unknown": "true"}
    given = await chief.post(f"/console/demo/users/{plain.id}/roles", {**form, "action": "confirm"})
    assert given.status_code == 200
    found = await world.kernel.users.get(world.context(), plain.id)
    assert found
    assert found.roles == ("buyer",)


async def test_administrators_are_changed_by_those_alone_who_may_everything(world: World, chief: Browser) -> None:
    other = await world.user("second@xenia.example", tenant="system", roles=("admin:demo",))
    local = await world.administrator("admin:system", email="local@xenia.example")
    for path, data in (
        (f"/users/{other.id}/roles", {"roles": "admin"}),
        ("/plugins/password/off", {}),
        ("/users/new", {"email": "x@xenia.example"}),
        ("/applications/new/service", {"title": "x"}),
        ("/settings/sign_in", {}),
    ):
        assert (await local.post(f"/console/system{path}", data)).status_code == 403, path
    form = {"roles": "support:other\nadmin:demo", "action": "confirm"}
    await chief.post(f"/console/system/users/{other.id}/roles", form)
    unknown = await chief.post(f"/console/system/users/{other.id}/roles", {"roles": "nonsense"})
    assert unknown.status_code == 422
    found = await world.kernel.users.get(world.context("system"), other.id)
    assert found
    assert found.roles == ("admin:demo", "support:other")


async def test_nobody_locks_themselves_out(world: World, chief: Browser) -> None:
    user = await world.kernel.users.find(world.context("system"), IdentifierKind.EMAIL, "chief@xenia.example")
    assert user
    for path in ("disable", "erase", "roles"):
        answer = await chief.post(f"/console/system/users/{user.id}/{path}", {"word": "chief@xenia.example"})
        assert answer.status_code == 409, path
    for plugin in ("admin", "oidc"):
        assert (await chief.post(f"/console/system/plugins/{plugin}/off", {})).status_code == 409


# -- applications


async def test_a_web_application_is_made_and_its_secret_is_shown_once(world: World, chief: Browser) -> None:
    form = {"title": "The Shop!", "redirect_uris": "https://shop.example/callback\r\n"}
    made = await chief.post("/console/demo/applications/new/web", form)
    assert made.status_code == 200
    (secret,) = secrets_of(made)
    assert await world.kernel.applications.check_secret(world.context(), "the-shop", secret)
    shown = await chief.get("/console/demo/applications/the-shop")
    assert secret not in shown.text
    assert "ISSUER=" in shown.text
    second = await confirmed(chief, "/console/demo/applications/the-shop/secrets/add")
    (newer,) = secrets_of(second)
    assert await world.kernel.applications.check_secret(world.context(), "the-shop", secret)
    await confirmed(chief, "/console/demo/applications/the-shop/secrets/end")
    assert not await world.kernel.applications.check_secret(world.context(), "the-shop", secret)
    assert await world.kernel.applications.check_secret(world.context(), "the-shop", newer)


async def test_each_type_asks_only_for_its_own_fields(chief: Browser) -> None:
    web = await chief.get("/console/demo/applications/new/web")
    service = await chief.get("/console/demo/applications/new/service")
    assert 'name="redirect_uris"' in web.text
    assert 'name="redirect_uris"' not in service.text
    assert 'name="scopes"' in service.text


async def test_the_providers_problems_stand_at_their_fields(world: World, chief: Browser) -> None:
    form = {"title": "", "id": "Not An Id", "redirect_uris": "javascript:alert(1)"}
    answer = await chief.post("/console/demo/applications/new/spa", form)
    assert answer.status_code == 422
    for name in ("title", "id", "redirect_uris"):
        assert f'id="field-{name}-error"' in answer.text, name
    assert 'id="error-summary"' in answer.text
    assert "javascript:alert(1)</textarea>" in answer.text


async def test_an_application_is_changed_in_the_version_that_was_looked_at_and_removed_by_its_name(
    world: World, chief: Browser
) -> None:
    await world.application()
    form = {"title": "Shop two", "enabled": "true", "redirect_uris": "https://shop.example/callback", "version": "1"}
    assert (await chief.post("/console/demo/applications/shop/edit", form)).status_code == 200
    assert (await chief.post("/console/demo/applications/shop/edit", form | {"title": "Three"})).status_code == 409
    changed = await world.kernel.applications.get(world.context(), "shop")
    assert changed
    assert (changed.title, changed.first_party, changed.version) == ("Shop two", False, 2)
    assert (await chief.post("/console/demo/applications/shop/remove", {"word": "no"})).status_code == 422
    await chief.post("/console/demo/applications/shop/remove", {"word": "shop"})
    assert await world.kernel.applications.get(world.context(), "shop") is None


async def test_an_application_gets_no_scope_that_the_administrator_lacks(world: World) -> None:
    context = world.context("system")
    maker = ("xenia:applications:read", "xenia:applications:write")
    await world.kernel.tenants.change(context, "system", roles={"maker": maker})
    browser = await world.administrator("maker:demo", email="maker@xenia.example")
    form = {"title": "Robot", "scopes": "xenia:users:write"}
    assert (await browser.post("/console/demo/applications/new/service", form)).status_code == 403
    assert (await browser.post("/console/demo/applications/new/service", {"title": "Robot"})).status_code == 200


# -- plugins and settings


async def test_a_plugin_that_is_switched_off_answers_404_in_that_tenant_alone(world: World, chief: Browser) -> None:
    await world.credential(await world.user("ada@demo.example"))
    question = await chief.get("/console/demo/plugins/sample/off")
    assert "1 person" in question.text
    await answered(chief, question)
    assert (await world.app.browser("demo").get("/sample")).status_code == 404
    assert (await world.app.browser("other").get("/sample")).status_code == 200
    await confirmed(chief, "/console/demo/plugins/sample/on")
    assert (await world.app.browser("demo").get("/sample")).status_code == 200


async def test_a_plugins_settings_are_set_by_field_and_its_secret_is_never_shown(world: World, chief: Browser) -> None:
    place = "/console/demo/plugins/sample/settings"
    saved = await chief.post(place, {"length": "9", "words": "one\ntwo", "key": SECRET})
    assert "Saved." in saved.text
    for page in (saved, await chief.get(place), await chief.get("/console/demo/audit")):
        assert SECRET not in page.text
    await chief.post(place, {"length": "10", "words": "", "key": ""})
    kind: Any = next(one.settings for one in world.kernel.plugins if one.name == "sample")
    stored = await world.kernel.config.get(world.context(), kind)
    assert (stored.length, stored.words, stored.key.reveal()) == (10, (), SECRET)
    wrong = await chief.post(place, {"length": "many", "key": SECRET})
    assert wrong.status_code == 422
    assert 'id="field-length-error"' in wrong.text
    assert SECRET not in wrong.text
    assert (await chief.post(place, {"length": "101"})).status_code == 422
    elsewhere = await world.kernel.config.get(world.context("other"), kind)
    assert elsewhere.length == 8


async def test_settings_under_which_nobody_could_sign_in_are_refused(world: World, chief: Browser) -> None:
    good = {
        "sign_up": "closed",
        "required_acr": "aal2",
        "attempts": "3",
        "attempts_window_seconds": "60",
        "journey_minutes": "5",
    }
    assert (await chief.post("/console/demo/settings/sign_in", good)).status_code == 200
    for change in ({"attempts": "0"}, {"required_acr": "aal9"}, {"journey_minutes": "-1"}, {"sign_up": "x"}):
        answer = await chief.post("/console/demo/settings/sign_in", good | change)
        assert answer.status_code == 422
        assert f'id="field-{next(iter(change))}-error"' in answer.text
    stored = await world.kernel.config.get(world.context(), SignInSettings)
    assert (stored.required_acr, stored.attempts, stored.verified_email) == ("aal2", 3, False)


# -- keys and the log


async def test_keys_rotate_and_in_an_emergency_the_old_one_is_gone(world: World, chief: Browser) -> None:
    await world.kernel.keys.sign(world.context(), {"a": 1}, typ="JWT")
    for emergency, left in (("", True), ("?emergency=1", False)):
        active = next(one for one in await world.kernel.keys.list(world.context()) if one.state is KeyState.ACTIVE)
        await confirmed(chief, f"/console/demo/keys/ES256/rotate{emergency}")
        kids = {one.kid for one in await world.kernel.keys.list(world.context()) if one.state is not KeyState.RETIRED}
        assert (active.kid in kids) is left


async def test_the_log_tells_who_did_what_from_where(world: World, chief: Browser) -> None:
    made = await chief.post("/console/demo/users/new", {"email": "ada@demo.example"})
    user_id = str(made.url).rpartition("/")[2].partition("?")[0]
    for query in ("?type=user.created", "?person=ada@demo.example", f"?object=user:{user_id}", f"?person={user_id}"):
        page = await chief.get(f"/console/demo/audit{query}")
        assert "user.created" in page.text, query
        assert "chief@xenia.example (administrator)" in page.text
    assert "user.created" not in re.sub(
        r"<option.*?</option>", "", (await chief.get("/console/demo/audit?type=user.erased")).text
    )
    newest = await chief.get("/console/demo/audit?type=user.created")
    link = re.search(r'<th role="rowheader" scope="row">\s*<a href="([^"]+)"', newest.text)
    assert link
    event = await chief.get(unescape(link[1]))
    assert "192.0.2.1" in event.text
    assert "ada@demo.example" in event.text


async def test_an_application_asks_for_more_than_the_tenant(world: World, chief: Browser) -> None:
    await world.application()
    place = "/console/demo/applications/shop"
    assert "What the tenant asks for" in (await chief.get(place)).text
    assert 'name="required_acr"' in (await chief.get(f"{place}/edit")).text
    form = {"title": "Shop", "enabled": "true", "redirect_uris": "https://shop.example/callback", "version": "1"}
    page = await chief.post(f"{place}/edit", form | {"required_acr": "aal2"})
    assert "Two factors (AAL2)" in page.text
    found = await world.kernel.applications.get(world.context(), "shop")
    assert found
    assert found.required_acr == "aal2"
