"""The mails with a link and with a code as a real mail server gets them, and what somebody does with them."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest

import xenia_email_otp
import xenia_magic_link
import xenia_mail
import xenia_password
import xenia_web
from tests.plugins.mail.conftest import Received, Serve, received, serve
from tests.plugins.mailed import identified, is_signed_in, settled
from xenia.plugin.manifest import plugin_of
from xenia.settings import Secret
from xenia.testing.app import App, MakeApp
from xenia.testing.people import EMAIL, PASSWORD, a_person

__all__ = ["received", "serve"]
MODULES = (xenia_email_otp, xenia_magic_link, xenia_mail, xenia_password, xenia_web)


@pytest.fixture
async def posting(make_app: MakeApp, serve: Serve) -> App:
    """An application whose mail goes to a server on a port of its own."""
    address = Secret(f"smtp://127.0.0.1:{await serve()}")
    made = await make_app([plugin_of(one) for one in MODULES], smtp_url=address, mail_from="no-reply@acme.example")
    await made.tenant()
    await a_person(made, password=PASSWORD)
    return made


def part(message: EmailMessage, kind: str) -> str:
    """One form of the words."""
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


async def test_the_link_of_both_forms_signs_in(posting: App, received: Received) -> None:
    browser = posting.browser()
    await browser.submit(await identified(browser), action="method:magic_link")
    await settled(posting)
    mail = received.message()
    assert (mail["To"], mail["Subject"]) == (EMAIL, "Your link to sign in")
    assert mail["Auto-Submitted"] == "auto-generated"
    links = {
        found for kind in ("plain", "html") for found in re.findall(r"http[^\s\"<]+/magic-link/\w+", part(mail, kind))
    }
    assert len(links) == 1
    page = await browser.get(links.pop())
    assert is_signed_in(await browser.submit(page, action=""))


async def test_the_code_of_both_forms_signs_in(posting: App, received: Received) -> None:
    browser = posting.browser()
    page = await browser.submit(await identified(browser), action="method:email_otp")
    await settled(posting)
    mail = received.message()
    assert (mail["To"], mail["Subject"]) == (EMAIL, "Your code to sign in")
    codes = {found for kind in ("plain", "html") for found in re.findall(r"(?<![\d#])\d{6}(?!\d)", part(mail, kind))}
    assert len(codes) == 1, codes
    code = codes.pop()
    assert code not in str(mail["Subject"])
    assert is_signed_in(await browser.submit(page, code=code))


async def test_nobody_gets_nothing_by_either_way(posting: App, received: Received) -> None:
    for method in ("magic_link", "email_otp"):
        browser = posting.browser()
        await browser.submit(await identified(browser, "abe@example.org"), action=f"method:{method}")
    await settled(posting)
    assert received.envelopes == []


@pytest.mark.parametrize("method", ["magic_link", "email_otp"])
async def test_a_server_that_is_away_blocks_no_sign_in_and_gets_the_mail_later(
    posting: App, received: Received, method: str
) -> None:
    received.answer = "451 later"
    browser = posting.browser()
    page = await browser.submit(await identified(browser), action=f"method:{method}")
    assert page.status_code == 200
    await settled(posting)
    received.answer = "250 OK"
    received.envelopes.clear()
    await posting.kernel.database.execute("UPDATE jobs SET run_at = now()")
    await posting.settle()
    assert len(received.envelopes) == 1
