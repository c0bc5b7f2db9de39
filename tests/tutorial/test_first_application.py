"""The first tutorial, done: its document is applied while the server runs, and its shop lets a person sign in."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from tests.core.serving.processes import PATIENCE, free_port
from tests.core.serving.processes import environment as variables
from tests.tutorial.environment import ROOT, Environment, Installation

pytestmark = pytest.mark.slow

FOLDER = ROOT / "examples" / "first_application"
PASSWORD = "violet ladders hum quietly"
SECRETS = {"SHOP_SECRET": "a-secret-for-this-test-only-0123456789", "ADA_PASSWORD": PASSWORD}


@contextmanager
def shop(environment: Environment, issuer: str, port: int) -> Iterator[str]:
    """The tutorial's application, as soon as it answers; its address."""
    given = {**variables(), **SECRETS, "ISSUER": issuer, "SHOP_PORT": str(port)}
    process = subprocess.Popen([str(environment.python), str(FOLDER / "shop.py")], env=given)
    try:
        while process.poll() is None and not _answers(f"http://localhost:{port}/"):
            pass
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, trust_env=False).is_success
    except httpx2.ConnectError:
        return False


def test_the_shop_knows_who_signed_in(installation: Installation, environment: Environment) -> None:
    port = free_port()
    document = (FOLDER / "acme.toml").read_text("utf-8").replace("8003", str(port))
    with installation.served():
        installation.apply(document, **SECRETS)
        browser = installation.browser("acme")
        browser.until("/sign-in", 200)
        with shop(environment, browser.base, port) as address:
            assert browser.client.get(address).text.startswith("Nobody is signed in")
            page = browser.client.get(f"{address}/sign-in")
            page = browser.submit(page, identifier="ada@acme.example")
            page = browser.submit(page, password=PASSWORD)
            assert str(page.url) == f"{address}/", page.text
            assert page.text == "Hello, Ada!"
