"""Every address of the house: guarded, or public for a written reason; and a plugin that is off is nowhere."""

from __future__ import annotations

import re

import pytest

from tests.architecture.asking import METHODS, ask, filled, mutations
from tests.architecture.running import BY_NAME, NAMES, process_wide, routes_of, without
from tests.architecture.sources import ROOT
from xenia.api import GuardKind
from xenia.plugin.registry import CORE
from xenia.testing.app import TENANT, App, MakeApp

PUBLIC_PAGE = ROOT / "docs" / "reference" / "public-routes.md"
BASE = f"/t/{TENANT}"
_VERSION = re.compile(r"/static/[^/]+/.*")


async def test_every_route_has_a_guard_and_every_public_one_a_reason(app: App) -> None:
    routes = routes_of(app.kernel)
    assert len(routes) > 30
    assert [route.path for route in routes if route.guard is None] == []
    public = [route for route in routes if route.guard and route.guard.kind is GuardKind.PUBLIC]
    assert [route.path for route in public if not route.guard or not route.guard.reason] == []


async def test_the_public_routes_are_those_that_were_agreed(app: App) -> None:
    """The page is made by ``make docs``: whoever adds a public route sees it in the difference, and so does the reviewer."""
    agreed = set(re.findall(r"^\| `([A-Z, ]+) (\S+)` \|", PUBLIC_PAGE.read_text("utf-8"), re.MULTILINE))
    public = {
        (", ".join(route.methods), _VERSION.sub("/static/{version}/{file}", route.path))
        for route in routes_of(app.kernel)
        if route.guard and route.guard.kind is GuardKind.PUBLIC
    }
    assert public == agreed, "run `make docs` and read the difference: is each new route right to be public?"


async def test_the_addresses_of_the_process_are_these(app: App) -> None:
    assert set(process_wide(app.kernel)) <= {"/health/live", "/health/ready", "/metrics"}


async def test_nobody_gets_through_a_guard_without_signing_in(app: App) -> None:
    let_through = []
    for route in routes_of(app.kernel):
        if route.guard is None or route.guard.kind is GuardKind.PUBLIC:
            continue
        for method in METHODS:
            answer = await ask(app.front, method, BASE + filled(route.path))
            leads_away = answer.status == 303 and re.search(r"/(sign-in|journey)", answer.headers["location"])
            only_methods = method == "OPTIONS" and answer.status == 204 and not answer.body
            if not (answer.status in (401, 403, 404, 405) or leads_away or only_methods):
                let_through.append((method, route.path, answer.status))
    assert let_through == []


async def test_no_spelling_of_a_guarded_path_opens_it(app: App) -> None:
    opened = []
    for route in routes_of(app.kernel):
        if route.guard is None or route.guard.kind is GuardKind.PUBLIC:
            continue
        for path in mutations(filled(route.path)):
            answer = await ask(app.front, route.methods[0], BASE + path)
            if answer.status < 300 or answer.status >= 500:
                opened.append((path, answer.status))
    assert opened == []


@pytest.mark.parametrize(
    "prefix", ["/T/acme", "/t/ACME", "/t//acme", "/t/acme/..", "/t/acme%2f", "/t/acme;x=1", "/%74/acme", "/t/acme%00"]
)
async def test_no_spelling_of_a_tenant_leads_into_it(prefix: str, app: App) -> None:
    answer = await ask(app.front, "GET", f"{prefix}/account")
    assert answer.status in (303, 404, 421)
    if answer.status == 303:
        assert answer.headers["location"].startswith(f"{BASE}/")


API = "/api/v1"
SWITCHED = [name for name in NAMES if not BY_NAME[name].manifest.always_on]


@pytest.mark.parametrize("name", SWITCHED)
async def test_the_routes_of_a_plugin_that_is_off_are_no_routes(name: str, make_app: MakeApp) -> None:
    app = await make_app()
    mine = [route for route in routes_of(app.kernel) if route.plugin == name]
    shared = {route.path for route in routes_of(app.kernel) if route.plugin != name}
    await app.tenant()
    await app.tenant("globex")
    theirs = {route.path: (await ask(app.front, "GET", "/t/globex" + filled(route.path))).said for route in mine}
    left = frozenset(each.name for each in without(name))
    await app.kernel.tenants.change(app.context, TENANT, plugins=left)
    # Below /api/ programs ask and get a document, elsewhere people ask and get a page: there and there as for what never was.
    unknown = {
        (method, area): (await ask(app.front, method, f"{BASE}{area}/no-such-page")).said
        for method in METHODS
        for area in ("", API)
    }
    told = [
        (method, route.path)
        for route in mine
        if route.path not in shared
        for method in METHODS
        if (await ask(app.front, method, BASE + filled(route.path))).said
        != unknown[method, API if route.path.startswith(API) else ""]
    ]
    assert told == []
    for path, before in theirs.items():
        after = (await ask(app.front, "GET", "/t/globex" + filled(path))).said
        assert after[0] == before[0], f"another tenant is disturbed at {path}"


async def test_the_core_keeps_its_own_routes_whatever_is_off(app: App) -> None:
    await app.kernel.tenants.change(app.context, TENANT, plugins=frozenset())
    for route in routes_of(app.kernel):
        if route.plugin == CORE and "GET" in route.methods and "{" not in route.path:
            assert (await ask(app.front, "GET", BASE + route.path)).status != 404, route.path


async def test_a_method_that_a_path_has_not_is_told_those_it_has(app: App) -> None:
    answer = await ask(app.front, "PUT", f"{BASE}/sign-in")
    assert answer.status == 405
    assert "GET" in answer.headers["allow"].split(", ")


async def test_options_is_answered_without_a_guard_and_without_a_word(app: App) -> None:
    answer = await ask(app.front, "OPTIONS", f"{BASE}/account/security")
    assert (answer.status, answer.body) == (204, b"")
