"""The renderer in the running application: pages, errors and static files as a browser gets them."""

from __future__ import annotations

import re

import xenia_web
from xenia.plugin.manifest import plugin_of
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
