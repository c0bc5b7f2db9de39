"""The main job in a real browser: sign up, confirm the e-mail, enrol a second factor, two applications, out of both."""

from __future__ import annotations

import re

import pyotp
import pytest

from tests.e2e.conftest import Demo, MakeVisitor, Visitor

pytestmark = pytest.mark.slow
PASSWORD = "seven quiet herons over the weir"


def code_in_mailbox(visitor: Visitor, demo: Demo, address: str) -> str:
    """The code that was mailed, read where development shows the mail."""
    reader = visitor.context.new_page()
    for _ in range(100):
        reader.goto(demo.at("/mailbox"))
        if reader.get_by_text(address).count():
            break
        reader.wait_for_timeout(100)
    reader.locator("main li", has_text=address).first.get_by_role("link").click()
    found = re.search(r"^\s*(\d{6})\s*$", reader.inner_text("main"), re.MULTILINE)
    assert found, reader.inner_text("main")
    reader.close()
    return found[1]


def sign_up_at_the_shop(visitor: Visitor, demo: Demo, address: str) -> None:
    visitor.page.goto(demo.shop)
    visitor.page.get_by_text("Sign in", exact=False).first.click()
    visitor.page.get_by_role("link", name="Create an account").click()
    visitor.fill(identifier=address)
    visitor.fill(password=PASSWORD)
    visitor.page.locator("input[name=code]").wait_for()
    visitor.fill(code=code_in_mailbox(visitor, demo, address))
    visitor.page.wait_for_url(f"{demo.shop}/**")


def secret_shown(visitor: Visitor) -> pyotp.TOTP:
    """The app that took in what the page shows."""
    secret = re.search(r"(?:[A-Z2-7]{4}\s?){8}", visitor.page.inner_text("main"))
    assert secret, visitor.page.inner_text("main")
    return pyotp.TOTP(secret[0].replace(" ", "").strip())


def enrol_an_authenticator(visitor: Visitor, demo: Demo) -> pyotp.TOTP:
    visitor.page.goto(demo.at("/account/security"))
    section = visitor.page.locator("section", has_text="Authenticator app").first
    section.get_by_role("button", name="Add").click()
    visitor.page.locator("input[name=code]").wait_for()
    totp = secret_shown(visitor)
    visitor.fill(code=totp.now())
    visitor.sees("recovery code")
    return totp


def is_signed_out(visitor: Visitor, application: str, address: str) -> bool:
    """Whether the application forgets the person; its provider tells it behind the browser's back, so look again."""
    for _ in range(100):
        visitor.page.goto(application)
        if address not in visitor.page.content():
            return True
        visitor.page.wait_for_timeout(100)
    return False


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("width", [1280, 360])
def test_a_person_signs_up_and_is_signed_in_everywhere_and_out_again(
    demo: Demo, visitor: MakeVisitor, width: int, script: bool
) -> None:
    address = f"lea-{width}-{script}@halden.example".lower()
    with visitor(width=width, script=script) as person:
        sign_up_at_the_shop(person, demo, address)
        assert address in person.page.content()

        enrol_an_authenticator(person, demo)

        person.page.goto(demo.club)
        person.page.get_by_text("Sign in", exact=False).first.click()
        person.page.wait_for_url(f"{demo.club}/**")
        assert address in person.page.content(), "single sign-on"

        person.page.get_by_role("button", name="Sign out everywhere").click()
        person.page.wait_for_url(f"{demo.club}/**")
        assert is_signed_out(person, demo.shop, address), "single logout reaches the other application"
        assert person.complaints == []


def test_the_second_factor_is_asked_for_at_the_next_sign_in(demo: Demo, visitor: MakeVisitor) -> None:
    address = "tomas@halden.example"
    with visitor() as person:
        sign_up_at_the_shop(person, demo, address)
        totp = enrol_an_authenticator(person, demo)
    with visitor() as person:
        person.page.goto(demo.at("/sign-in"))
        person.fill(identifier=address)
        person.fill(password=PASSWORD)
        person.page.locator("input[name=code]").wait_for()
        person.page.goto(demo.at("/account"))
        person.page.locator("input[name=identifier], input[name=password], input[name=code]").first.wait_for()
        assert "First name" not in person.page.content(), "a first factor alone opens nothing"
        assert totp.verify(totp.now())
