"""The renderer in the running application: pages, errors and static files as a browser gets them."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from litestar.connection import Request

import xenia_web
from xenia.api import Context, Manifest, hookimpl, literal
from xenia.plugin.manifest import Plugin, plugin_of
from xenia.testing.app import MakeApp


async def test_a_page_comes_with_its_style_and_script_below_the_tenant(make_app: MakeApp) -> None:
    app = await make_app([plugin_of(xenia_web)])
    await app.tenant()
    browser = app.browser()
    page = await browser.get("/sign-out")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "unsafe" not in page.headers["content-security-policy"]
    addresses = re.findall(r'(?:href|src)="(/t/acme/static/[^"#]+)', page.text.replace("&#x2f;", "/"))
    assert len(addresses) >= 4
    for address in set(addresses):
        file = await browser.get(address)
        assert file.status_code == 200, address
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_an_error_is_a_page_with_a_reference_and_its_own_status(make_app: MakeApp) -> None:
    app = await make_app([plugin_of(xenia_web)])
    await app.tenant()
    page = await app.browser(**{"accept-language": "de"}).get("/journey/xjr_nobody")
    assert 400 <= page.status_code < 500
    assert '<html lang="de" dir="ltr">' in page.text


async def test_a_static_file_that_nobody_has_is_not_found(make_app: MakeApp) -> None:
    app = await make_app([plugin_of(xenia_web)])
    await app.tenant()
    assert (await app.browser().get("/static/AAAAAAAAAAAA/xenia.css")).status_code == 404


async def test_a_page_travels_compressed_where_the_browser_takes_it(make_app: MakeApp) -> None:
    app = await make_app([plugin_of(xenia_web)])
    await app.tenant()
    packed = await app.browser(**{"accept-encoding": "gzip"}).get("/sign-out")
    plain = await app.browser(**{"accept-encoding": "gzip;q=0"}).get("/sign-out")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert "</html>" in packed.text
    assert "</html>" in plain.text


def dressing(**hooks: Any) -> Plugin:
    """A plugin of the name ``brand`` that answers these hooks."""
    module = ModuleType("xenia_brand")
    vars(module)["manifest"] = Manifest(name="brand", title=literal("Brand"), summary=literal("Made in a test."))
    for name, answer in hooks.items():
        vars(module)[name] = hookimpl(answer)
    return plugin_of(module)


async def dressed(make_app: MakeApp, *, on: bool = True, **hooks: Any) -> str:
    """The page after signing out, where such a plugin is installed."""
    app = await make_app([plugin_of(xenia_web), dressing(**hooks)])
    await app.tenant(plugins=("brand",) if on else ())
    page = await app.browser().get("/sign-out")
    assert page.status_code == 200, page.text
    return page.text


async def test_a_plugin_chooses_the_language_of_a_page(make_app: MakeApp) -> None:
    def for_germans(context: Context, request: Request[Any, Any, Any]) -> str | None:
        return "de" if request.headers.get("host") == "localhost:8000" and context.locale == "en" else None

    assert '<html lang="de"' in await dressed(make_app, choose_locale=for_germans)


async def test_a_language_that_nobody_speaks_is_not_chosen(make_app: MakeApp) -> None:
    assert '<html lang="en"' in await dressed(make_app, choose_locale=lambda: "tlh")


async def test_a_plugin_that_is_off_chooses_nothing(make_app: MakeApp) -> None:
    assert '<html lang="en"' in await dressed(make_app, on=False, choose_locale=lambda: "de")


async def test_a_theme_is_one_more_style_sheet(make_app: MakeApp) -> None:
    page = (await dressed(make_app, choose_theme=lambda: "xenia")).replace("&#x2f;", "/")
    assert len(re.findall(r'rel="stylesheet" href="/t/acme/static/[^"]+/xenia.css"', page)) == 2


async def test_a_theme_without_a_file_is_none(make_app: MakeApp) -> None:
    page = await dressed(make_app, choose_theme=lambda: "../secret")
    assert page.count('rel="stylesheet"') == 1
    assert "secret" not in page


async def test_a_path_that_nobody_serves_is_a_page_for_people_and_a_problem_for_programs(make_app: MakeApp) -> None:
    app = await make_app([plugin_of(xenia_web)])
    await app.tenant()
    for method in ("GET", "POST", "OPTIONS", "DELETE"):
        page = await app.browser().client.request(method, "/t/acme/nothing/here")
        assert page.status_code == 404, method
        assert page.headers["content-type"].startswith("text/html"), method
        assert "Reference" in page.text
        assert "/nothing/here" not in page.text
    problem = await app.browser(accept="application/json").get("/nothing/here")
    assert problem.status_code == 404
    assert problem.headers["content-type"] == "application/problem+json"


PAPER = """
from litestar import get
from xenia.api import Manifest, Page, hookimpl, literal, public

manifest = Manifest(name="paper", title=literal("Paper"), summary=literal("For a test."))


@hookimpl
def register_routes(host):
    @get("/paper", opt={"guard": public("For a test.")})
    async def show() -> Page:
        return Page("paper/sheet.html", {}, title=literal("Paper"))

    return (show,)
"""


async def test_templates_lie_beside_the_module_of_a_plugin_that_nobody_installed(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "xenia_paper"
    sheet = package / "templates" / "paper" / "sheet.html"
    sheet.parent.mkdir(parents=True)
    sheet.write_text("a sheet of {{ page_title }}")
    (package / "__init__.py").write_text(PAPER)
    monkeypatch.syspath_prepend(str(tmp_path))
    app = await make_app([plugin_of(xenia_web), plugin_of(import_module("xenia_paper"))])
    await app.tenant()
    page = await app.browser().get("/paper")
    assert (page.status_code, page.text) == (200, "a sheet of Paper")
