"""Every page: guarded, walled, drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import uuid4

import httpx2
import pytest

from tests.plugins.admin.conftest import World
from xenia.api import EventQuery
from xenia.testing.app import Browser
from xenia_admin.pages import PAGES
from xenia_admin.section import Declared

READS = [page for page in PAGES if page.method == "GET"]
WRITES = [page for page in PAGES if page.method == "POST"]
UNSPOKEN = re.compile(r"\badmin\.[a-z_.]+")


async def things(world: World, tenant: str = "demo") -> dict[str, str]:
    """One of everything, by the names that stand in paths."""
    context = world.context(tenant)
    user = await world.user(f"ada@{tenant}.example", tenant=tenant, name="Ada Quillfeather")
    await world.credential(user)
    await world.signed_in(user)
    await world.application(tenant=tenant)
    await world.kernel.keys.sign(context, {"a": 1}, typ="JWT")
    credential = (await world.kernel.credentials.summaries(context, user.id))[0]
    session = (await world.kernel.sessions.of_user(context, user.id))[0]
    event = (await world.kernel.events.list(context, EventQuery())).events[0]
    return {
        "user_id": str(user.id),
        "credential_id": str(credential.id),
        "session_id": str(session.id),
        "application_id": "shop",
        "event_id": str(event.id),
        "plugin": "sample",
        "type": "web",
        "alg": "ES256",
        "name": "sign_in",
        "format": "csv",
    }


def random_things() -> dict[str, str]:
    """Names of things that never were."""
    ids = {name: str(uuid4()) for name in ("user_id", "credential_id", "session_id", "event_id")}
    return {
        **ids,
        "application_id": "nothing",
        "plugin": "nothing",
        "type": "nothing",
        "alg": "RS1",
        "name": "nothing",
        "format": "x",
    }


def address(page: Declared, names: Mapping[str, str], tenant: str = "demo") -> str:
    """A page's address; the identifier that a question is about stands in its query."""
    query = f"?kind=email&value=ada@{tenant}.example" if page.path.endswith("identifiers/remove") else ""
    return f"/console/{tenant}" + page.path.format(**names) + query


def spoken(answer: httpx2.Response) -> str:
    """What a page says, without its markup."""
    return re.sub(r"<[^>]*>", " ", answer.text)


async def test_every_page_asks_for_a_registered_permission(world: World) -> None:
    known = {permission.name for permission in world.kernel.access.permissions()}
    assert {page.permission for page in PAGES} - known <= {""}
    assert all(page.permission.endswith(":write") for page in WRITES)


async def test_without_a_session_every_page_leads_to_the_sign_in_and_nothing_is_changed(world: World) -> None:
    names, browser = await things(world), world.app.browser("system")
    for page in PAGES:
        answer = await browser.client.request(
            page.method, browser.at(address(page, names)), data={"word": "shop"} if page in WRITES else None
        )
        assert answer.status_code == (401 if page in WRITES else 303), page.path
    assert (await browser.client.post(browser.at("/console/sign-out"))).status_code == 401
    for path in ("/console", "/console/tenants"):
        assert (await browser.get(path, follow=False)).status_code == 303


@pytest.mark.parametrize("language", ["en", "de"])
async def test_every_page_is_drawn_with_words_in_every_language(world: World, chief: Browser, language: str) -> None:
    for tenant in ("demo", "system"):
        names = await things(world, tenant)
        for page in READS:
            if page.path.endswith("{format}") or (tenant == "system" and page.path.endswith("/off")):
                continue
            answer = await chief.get(address(page, names, tenant), headers={"accept-language": language})
            assert answer.status_code == 200, (page.path, answer.text[:600])
            assert f'lang="{language}"' in answer.text
            assert not UNSPOKEN.findall(spoken(answer).replace("admin.example", "")), page.path
            assert answer.headers["cache-control"] == "no-store"


async def test_an_empty_tenant_has_pages_that_lead_on(world: World, chief: Browser) -> None:
    for path in (
        "",
        "/users",
        "/applications",
        "/sessions",
        "/audit",
        "/keys",
        "/factors",
        "/users?q=nobody",
        "/users?status=disabled",
        "/audit?person=nobody@x.example",
    ):
        answer = await chief.get(f"/console/other{path}")
        assert answer.status_code == 200, path
        assert not UNSPOKEN.findall(spoken(answer))


async def test_things_of_another_tenant_are_as_unknown_as_random_ones(world: World, chief: Browser) -> None:
    theirs = {
        **await things(world, "other"),
        "plugin": "nothing",
        "type": "nothing",
        "alg": "RS1",
        "name": "nothing",
        "application_id": "theirs",
        "format": "nothing",
    }
    await world.application("theirs", tenant="other")
    for page in PAGES:
        if "{" not in page.path:
            continue
        for names in (theirs, random_things()):
            answer = await chief.client.request(
                page.method, chief.at(address(page, names)), data={"x": "y"} if page in WRITES else None
            )
            assert answer.status_code == 404, (page.path, names)


async def test_an_administrator_of_one_tenant_sees_no_other(world: World) -> None:
    names = await things(world)
    browser = await world.administrator("admin:demo", email="demo-admin@xenia.example")
    assert str((await browser.get("/console")).url).endswith("/console/demo")
    listed = await browser.get("/console/tenants")
    assert "Demo Stores" in listed.text
    assert "Other Stores" not in listed.text
    assert "/console/system" not in listed.text
    for page in READS:
        assert (await browser.get(address(page, names))).status_code == 200, page.path
        for tenant in ("other", "system", "nothing"):
            assert (await browser.get(address(page, names, tenant))).status_code == 404, (page.path, tenant)


async def test_a_role_without_writing_is_refused_every_write_and_every_question_before_one(world: World) -> None:
    names = await things(world)
    browser = await world.administrator("support:demo", email="support@xenia.example")
    held = {"", "xenia:users:read", "xenia:sessions:read", "xenia:sessions:write"}
    for page in PAGES:
        if page.permission in held and page in WRITES:
            continue
        answer = await browser.client.request(
            page.method, browser.at(address(page, names)), data={"word": "x"} if page in WRITES else None
        )
        assert answer.status_code == (200 if page.permission in held else 403), page.path
    listed = (await browser.get("/console/demo/users")).text
    assert "/users/new" not in listed
    assert "/console/demo/keys" not in listed


async def test_nothing_is_posted_from_another_site(world: World, chief: Browser) -> None:
    names = await things(world)
    for page in WRITES:
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
            answer = await chief.post(
                address(page, names), {"word": "shop", "title": "x"}, follow=False, headers=headers
            )
            assert answer.status_code == 403, page.path
    assert await world.kernel.applications.get(world.context(), "shop")


async def test_odd_input_is_refused_and_never_fails(world: World, chief: Browser) -> None:
    names = await things(world)
    for value in ("%00", "a" * 600, "%ff", "../x", "-1", "\u202e"):
        for path in (
            "/users?q=",
            "/users?after=",
            "/users?status=",
            "/sessions?after=",
            "/applications?after=",
            "/audit?type=",
            "/audit?object=",
            "/audit?person=",
            "/audit?after=",
            "?done=",
        ):
            assert (await chief.get(f"/console/demo{path}{value}")).status_code < 500, (path, value)
    for page in WRITES:
        for value in ("", "\0", "x" * 5000, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "{"):
            form = dict.fromkeys(
                (
                    "title",
                    "id",
                    "email",
                    "value",
                    "kind",
                    "version",
                    "required_acr",
                    "attempts",
                    "length",
                    "attributes.name",
                    "redirect_uris",
                ),
                value,
            )
            assert (await chief.post(address(page, names), form, follow=False)).status_code < 500, (page.path, value)


ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus=alert(1) autofocus='",
    "</title><svg/onload=alert(1)>",
    "{{ 7 * 7 }}",
    "javascript:alert(1)",
)


async def test_names_are_shown_and_never_run(world: World, chief: Browser) -> None:
    for place, attack in enumerate(ATTACKS):
        user = await world.user(f"a{place}@demo.example", name=attack)
        await world.signed_in(user)
        for path in (
            f"/users/{user.id}",
            f"/users/{user.id}/erase",
            f"/users/{user.id}/disable",
            f"/users/{user.id}/edit",
            "/users",
            "/sessions",
            f"/audit?person={user.id}",
            f"/users?q={attack}",
        ):
            page = (await chief.get(f"/console/demo{path}")).text
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "<svg/onload" not in page
            assert "' onfocus=alert(1) autofocus='" not in page.replace("&#x27;", "")
            assert 'href="javascript:' not in page
            assert "49" not in re.findall(r"<bdi>(.*?)</bdi>", page)
