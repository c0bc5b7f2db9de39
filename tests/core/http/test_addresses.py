"""No link, cookie or record is made of what a client says about itself."""

from __future__ import annotations

import re

import pytest

from tests.core.http.raw import USUAL, ask
from xenia.testing.app import App
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD
from xenia.users.models import User

TRICKS = (
    {"x-forwarded-host": "evil.example"}, {"x-forwarded-server": "evil.example"}, {"x-host": "evil.example"},
    {"forwarded": "host=evil.example;proto=https"},
    {"x-original-url": "https://evil.example/"}, {"x-rewrite-url": "//evil.example"}, {"x-forwarded-proto": "evil"},
    {"x-forwarded-prefix": "//evil.example"},
    {"x-forwarded-port": "666"}, {"referer": "https://evil.example/"}, {"x-original-host": "evil.example"}, {"true-client-ip": "evil.example"},
    {"host": "localhost:666"}, {"host": "LOCALHOST:8000"},
)  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: "-".join(*trick.items()))
async def test_a_mails_link_is_the_tenants_own(app: App, ada: User, mailbox: Mailbox, trick: dict[str, str]) -> None:
    browser = app.browser()
    page = await browser.get("/recover", headers=trick)
    assert "evil" not in page.text
    assert ":666" not in page.text
    await browser.post("/recover", {"identifier": EMAIL}, headers=trick)
    await app.settle()
    [mail] = mailbox.to(EMAIL)
    links = re.findall(r"https?://[^\s\"<>]+", f"{mail.text} {mail.html}")
    assert links
    assert all(link.startswith("http://localhost:8000/t/acme/") for link in links), links


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: "-".join(*trick.items()))
async def test_no_page_or_document_names_another_host(app: App, trick: dict[str, str]) -> None:
    browser = app.browser()
    for path in ("/sign-in", "/.well-known/openid-configuration", "/account", "/oauth/authorize"):
        answer = await browser.get(path, headers=trick, follow=False)
        assert "evil" not in answer.text
        assert ":666" not in answer.text
        assert "evil" not in str(answer.headers)


async def test_an_address_from_a_stranger_is_not_believed(app: App, ada: User) -> None:
    forged = {"x-forwarded-for": "203.0.113.66", "x-real-ip": "203.0.113.66", "forwarded": "for=203.0.113.66"}
    browser = app.browser(**forged)
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    await browser.submit(page, password=PASSWORD)
    [session] = await app.kernel.sessions.of_user(app.context, ada.id)
    assert session.address == "192.0.2.1"


@pytest.mark.parametrize(
    "said", ["unknown", "", ",,,", "1.2.3.4:bad", "[::1", "for=x", "\x01", "a" * 5000, "203.0.113.66, x"]
)
async def test_a_proxys_garbage_skips_no_step(app: App, said: str) -> None:
    answer = await ask(
        app, "/t/acme/account", headers=[*USUAL, (b"x-forwarded-for", said.encode()), (b"accept", b"text/html")]
    )
    assert answer.status == 303
    assert "/journey/" in (answer.header("location") or "")


async def test_a_client_without_an_address_is_served(app: App) -> None:
    assert (await ask(app, "/t/acme/sign-in", peer=None)).status == 303
