"""The oldest PostgreSQL that Xenia supports, as a server of somebody else's: set up, signed up, signed in."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import asyncpg
import httpx2
import pytest

from tests.core.serving.processes import free_port
from tests.interop.postgresql_15 import postgresql_15
from tests.plugins.oidc.support import CHALLENGE, VERIFIER
from tests.tutorial.environment import Browser, Environment, Installation

pytestmark = pytest.mark.slow

CALLBACK = "http://localhost:9/callback"
ADDRESS = "ada@acme.example"
PASSWORD = "violet ladders hum quietly"
DOCUMENT = f"""
[tenant]
id = "acme"
title = "Acme Stores"
plugins = ["password", "mail", "oidc"]

[[applications]]
id = "shop"
title = "Acme Shop"
[applications.oidc]
redirect_uris = ["{CALLBACK}"]
grant_types = ["authorization_code", "refresh_token"]
token_endpoint_auth_method = "none"
"""


@pytest.fixture
def owned() -> Iterator[str]:
    """The address of an empty database, for an owner who may make roles and is no superuser."""
    with postgresql_15() as administrator:
        asyncio.run(_make_owner(administrator))
        yield f"postgresql://landlady:key@{urlsplit(administrator).netloc.rpartition('@')[2]}/guests"


async def _make_owner(administrator: str) -> None:
    connection = await asyncpg.connect(administrator)
    assert connection.get_server_version().major == 15
    await connection.execute("CREATE ROLE landlady LOGIN CREATEROLE PASSWORD 'key'")
    await connection.execute("CREATE DATABASE guests OWNER landlady")
    await connection.close()


@pytest.fixture
def installation(owned: str, tmp_path: Path) -> Installation:
    """Xenia on that database, migrated."""
    port = free_port()
    settings = {
        "data_dir": str(tmp_path),
        "database_url": owned,
        "listen": f"127.0.0.1:{port}",
        "public_url": f"http://localhost:{port}",
        "development": "true",
    }
    made = Installation(Environment(Path(sys.prefix)), tmp_path, settings)
    made.run("migrate")
    return made


def links_of(page: httpx2.Response, words: str) -> list[str]:
    """The addresses on a page that hold the words."""
    links = (unescape(link) for link in re.findall(r'href="([^"]+)"', page.text))
    return [str(page.url.join(link)) for link in links if words in link]


def code_in_mailbox(browser: Browser) -> str:
    """The code that was mailed, as soon as it is there."""
    mails = (links_of(browser.get("/mailbox"), "/mailbox/") for _ in range(2000))
    [link] = next(filter(None, mails), [])
    mail = browser.client.get(link).text
    found = re.search(r">\s*(\d{6})\s*<", mail)
    assert found, mail
    return found[1]


def sign_up(browser: Browser, address: str) -> httpx2.Response:
    """Make an account on the way to the application; what the application gets."""
    page = browser.client.get(address)
    page = browser.client.get(links_of(page, "sign-up")[0])
    page = browser.submit(page, identifier=ADDRESS)
    page = browser.submit(page, password=PASSWORD)
    code = code_in_mailbox(browser)
    browser.client.follow_redirects = False
    return browser.submit(page, code=code)


def test_a_person_signs_up_and_an_application_gets_tokens(installation: Installation) -> None:
    installation.apply(DOCUMENT)
    with installation.served():
        browser = installation.browser("acme")
        request = {
            "client_id": "shop",
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid email",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        answer = sign_up(browser, f"{browser.base}/oauth/authorize?{urlencode(request)}")
        while answer.is_redirect and not answer.headers["location"].startswith(CALLBACK):
            answer = browser.client.get(str(answer.url.join(answer.headers["location"])))
        [code] = parse_qs(urlsplit(answer.headers["location"]).query)["code"]

        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        tokens = redeem(browser, form)
        assert known(browser, tokens["access_token"]) == ADDRESS
        again = redeem(browser, {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
        assert known(browser, again["access_token"]) == ADDRESS


def redeem(browser: Browser, form: dict[str, str]) -> dict[str, str]:
    """What the token endpoint gives."""
    answer = browser.client.post(f"{browser.base}/oauth/token", data={"client_id": "shop", **form})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def known(browser: Browser, token: str) -> str:
    """Whose address the token tells."""
    answer = browser.client.get(f"{browser.base}/oauth/userinfo", headers={"authorization": f"Bearer {token}"})
    return str(answer.json()["email"])
