"""A real browser in front of the demonstration: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from select import select
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.core.serving.processes import command, environment, free_port
from tests.programs import require

AXE = Path(__file__).parent.parent / "node/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Demo:
    """The running demonstration: where its parts are, and what it printed."""

    def __init__(self, base: str, shop: str, club: str, words: str, data_dir: Path) -> None:
        self.base, self.shop, self.club, self.words = base, shop, club, words
        self.data_dir = data_dir

    def at(self, path: str) -> str:
        """An address of the demonstration's tenant."""
        return f"{self.base}/t/demo{path}"

    def password_of(self, email: str) -> str:
        """As it was printed."""
        found = re.search(rf"{re.escape(email)}\s+(\S+)", self.words)
        assert found
        return found[1]


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """One demonstration for the tests of a module, on an embedded database of its own."""
    with tempfile.TemporaryDirectory(prefix="xenia-e2e-") as folder:
        Path(folder).chmod(0o755)
        port, shop, club = free_port(), free_port(), free_port()
        public = f"http://localhost:{port}"
        settings = {"data_dir": f"{folder}/var", "listen": f"127.0.0.1:{port}", "public_url": public}
        arguments = command("demo", "--shop", str(shop), "--club", str(club))
        with (Path(folder) / "said").open("w+") as said:
            # A file, not a pipe: nobody reads on, and a full pipe would stop the server.
            process = subprocess.Popen(arguments, env=environment(**settings), cwd=folder, stdout=said, stderr=said)
            try:
                for address in (f"{public}/health/live", f"http://localhost:{shop}", f"http://localhost:{club}"):
                    until_it_answers(address)
                words = Path(said.name).read_text("utf-8")
                yield Demo(public, f"http://localhost:{shop}", f"http://localhost:{club}", words, Path(folder, "var"))
            finally:
                process.terminate()
                process.wait(30)


def until_it_answers(address: str) -> None:
    """Wait for a process to listen: it said that it starts, not that it serves already."""
    for _ in range(600):
        with suppress(OSError), urlopen(address, timeout=5):  # noqa: S310  an address of our own
            return
        select([], [], [], 0.05)
    raise AssertionError(f"nothing answers at {address}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, without the background traffic of its own."""
    program = require("chromium")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


class Visitor:
    """One person's browser window. Every message of the console is kept: a violation of the policy would be one."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.complaints: list[str] = []
        self.page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.complaints.append(message.text)

    def fill(self, **fields: str) -> None:
        """Fill in a form's fields and press its main button."""
        for name, value in fields.items():
            self.page.locator(f"input[name={name}]:visible").fill(value)
        self.page.locator("main form:has(input:visible) button.btn-brand").first.click()

    def sees(self, words: str) -> None:
        """Wait until the words are on the page."""
        self.page.get_by_text(words).first.wait_for()

    def axe(self) -> list[str]:
        """What axe-core finds wrong with the page."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


MakeVisitor = Callable[..., Any]


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[MakeVisitor]:
    """Opens windows: ``with visitor(width=360, script=False) as person:``."""
    with ExitStack() as stack:

        @contextmanager
        def open_window(*, width: int = 1280, script: bool = True, **options: Any) -> Iterator[Visitor]:
            size = {"width": width, "height": 900}
            context = chromium.new_context(viewport=size, java_script_enabled=script, **options)  # type: ignore[arg-type]
            stack.callback(context.close)
            yield Visitor(context)

        yield open_window
