"""The tutorial's plugin as a stranger would use it: a wheel in a clean environment, a real server, one tenant of two."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from tests.tutorial.environment import EXAMPLE, METHODS, Browser, Installation

pytestmark = pytest.mark.slow

EMAIL, PASSWORD = "ada@example.org", "violet ladders hum quietly"
PAGE = "/account/picture-pin"
PIN = ("pick:boat", "pick:moon", "pick:moon", "pick:book")
OTHER = ("pick:boat", "pick:moon", "pick:book", "pick:moon")
TENANT = """
[tenant]
id = "{id}"
title = "{id}"
plugins = ["password"]

[[users]]
email = "{email}"
email_verified = true
password = {{ env = "ADA_PASSWORD" }}
given_name = "Ada"
"""


@pytest.fixture
def served(installation: Installation) -> Iterator[Installation]:
    for tenant in ("acme", "birch"):
        installation.apply(TENANT.format(id=tenant, email=EMAIL), ADA_PASSWORD=PASSWORD)
    with installation.served():
        yield installation


def with_password(browser: Browser) -> httpx2.Response:
    """What is shown after the password."""
    page = browser.submit(browser.get("/sign-in"), identifier=EMAIL)
    return browser.submit(page, password=PASSWORD)


def choose_a_pin(browser: Browser) -> httpx2.Response:
    """Set a picture PIN from the plugin's own page."""
    page = browser.press(browser.until(PAGE, 200), "", *PIN, "")
    assert "Pick them once more" in page.text
    return browser.press(page, *PIN, "")


def is_signed_in(page: httpx2.Response) -> bool:
    return page.status_code == 200 and "/account" in str(page.url)


def test_a_stranger_s_plugin_comes_and_goes_while_the_server_runs(served: Installation) -> None:
    acme, birch = served.browser("acme"), served.browser("birch")
    untouched = dict.fromkeys(METHODS, 404)
    assert is_signed_in(with_password(acme)), "nobody asks for pictures yet"
    assert is_signed_in(with_password(birch))
    assert acme.answers(PAGE) == birch.answers(PAGE) == untouched
    [line] = [line for line in served.run("plugins", "list", "--tenant", "acme").splitlines() if "picture_pin" in line]
    assert line.split() == ["picture_pin", "Picture", "PIN", "-", "off", "off"]

    served.run("plugins", "enable", "picture_pin", "--tenant", "acme")
    page = choose_a_pin(acme)
    assert is_signed_in(page), page.text
    assert "Your picture PIN is set." in acme.get(PAGE).text
    assert "Ihre Bilder-PIN ist eingerichtet." in acme.get(f"{PAGE}?ui_locales=de").text
    assert birch.answers(PAGE) == untouched

    again = served.browser("acme")
    page = with_password(again)
    assert "Pick your pictures" in page.text
    page = again.press(page, *OTHER, "")
    assert page.status_code == 422
    assert "aren’t your pictures" in page.text
    assert again.get("/account").url.path.startswith("/t/acme/journey/"), "not signed in yet"
    page = again.press(page, *PIN, "")
    assert is_signed_in(page), page.text

    served.run("plugins", "disable", "picture_pin", "--tenant", "acme")
    again.until(PAGE, 404)
    assert again.answers(PAGE) == birch.answers(PAGE) == untouched
    assert is_signed_in(again.get("/account"))
    assert is_signed_in(birch.get("/account"))
    assert is_signed_in(with_password(served.browser("acme"))), "the password alone again"

    served.run("plugins", "enable", "picture_pin", "--tenant", "acme")
    again.until(PAGE, 200)
    assert "Pick your pictures" in with_password(served.browser("acme")).text, "its data stayed"


def test_its_modules_import_nothing_of_xenia_but_its_api() -> None:
    imported = {
        line.split()[1]
        for path in EXAMPLE.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if line.startswith(("from xenia", "import xenia"))
    }
    assert {name for name in imported if not name.startswith("xenia_picture_pin")} == {"xenia.api"}
