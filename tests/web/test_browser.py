"""What only a browser can show: pages obey the strict policy, swap, keep focus, and work without script."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.web import samples
from tests.web.samples import SAMPLES
from xenia_web.assets import Assets
from xenia_web.renderer import HtmlRenderer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
WIDTHS = (320, 1280)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="needs a chromium program"),
]


class Site(BaseHTTPRequestHandler):
    """Serves every sample under its name, and answers posts as the host would: 303 when right, 422 when wrong."""

    def __init__(self, drawn: HtmlRenderer, assets: Assets, *args: object) -> None:
        self._drawn, self._assets = drawn, assets
        super().__init__(*args)  # type: ignore[arg-type]  # passed on as they came

    def do_GET(self) -> None:
        """A static file or a sample."""
        path = self.path.partition("?")[0]
        if asset := self._assets.find(path.removeprefix("/static")):
            self._send(200, asset.body, asset.media_type.decode())
        elif (name := path.strip("/")) in SAMPLES:
            self._page(200, "users-empty" if "q=zzz" in self.path else name)
        else:
            self._send(404, b"Not found", "text/plain")

    def do_POST(self) -> None:
        """The password page comes back with its problem until the password is right; then the account follows."""
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if "password=right" in body:
            self.send_response(303)
            self.send_header("Location", "/security")
            self.end_headers()
        else:
            self._page(422, "password")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _page(self, status: int, name: str) -> None:
        here = self.path.partition("?")[0]
        around = msgspec.structs.replace(samples.frame(SAMPLES[name]), here=here)
        self._send(status, self._drawn.draw(SAMPLES[name], around).encode(), "text/html; charset=utf-8")

    def _send(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def site(renderer: HtmlRenderer) -> Iterator[str]:
    """The address of a server with every sample."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, renderer, Assets()))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for all of these tests."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window that fails the test on any complaint of the browser."""
    complaints: list[str] = []
    context = browser.new_context(base_url="")
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda problem: complaints.append(str(problem)))
    yield opened
    context.close()
    assert [complaint for complaint in complaints if "status of 422" not in complaint] == []


def test_no_page_breaks_the_policy_or_scrolls_sideways(page: Page, site: str) -> None:
    for name, sample in SAMPLES.items():
        if sample.is_fragment:
            continue
        page.goto(f"{site}/{name}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)


def test_a_problem_takes_the_focus_and_leads_to_its_field(page: Page, site: str) -> None:
    page.goto(f"{site}/password")
    expect(page.locator("#error-summary")).to_be_focused()
    page.get_by_role("link", name="That password doesn’t match this account").click()
    expect(page.locator("#field-password")).to_be_focused()


def test_a_wrong_answer_swaps_the_form_and_tells_it(page: Page, site: str) -> None:
    page.goto(f"{site}/sign-in")
    page.evaluate("window.stayed = true")
    page.get_by_label("E-mail address").fill("ada@acme.example")
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.title() == "Error: Enter your password – Acme Stores"
    assert page.evaluate("window.stayed")


def test_an_answer_with_another_layout_is_loaded_as_a_page_of_its_own(page: Page, site: str) -> None:
    page.goto(f"{site}/password")
    page.locator("#field-password").fill("right")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/security")
    expect(page.locator("body")).to_have_attribute("data-layout", "account")
    expect(page.get_by_role("navigation", name="Account")).to_be_visible()


def test_a_search_narrows_while_one_types_and_keeps_the_focus(page: Page, site: str) -> None:
    page.goto(f"{site}/users")
    page.keyboard.press("/")
    page.keyboard.type("zzz")
    expect(page.get_by_role("heading", name="Nobody matches “zzz”")).to_be_visible()
    expect(page.locator("#q")).to_be_focused()
    assert page.url == f"{site}/users?q=zzz"


def test_a_password_can_be_shown_and_is_never_posted_as_text(page: Page, site: str) -> None:
    page.goto(f"{site}/password")
    field = page.locator("#field-password")
    page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")
    page.evaluate("document.querySelector('#field-password').form.requestSubmit()")
    expect(field).to_have_attribute("type", "password")


def test_every_step_works_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/sign-in")
    page.get_by_label("E-mail address").fill("ada@acme.example")
    page.get_by_role("button", name="Continue", exact=True).click()
    page.locator("#field-password").fill("right")
    assert not page.get_by_role("button", name="Show password").is_visible()
    page.get_by_role("button", name="Sign in").click()
    assert page.url == f"{site}/security"
    context.close()
