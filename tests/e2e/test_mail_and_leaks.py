"""In a real browser: a link and a code by mail, and a password that leaked and must be changed."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import pytest

from tests.core.serving.processes import command, environment
from tests.e2e.conftest import Demo, MakeVisitor, Visitor
from tests.e2e.test_main_job import PASSWORD, sign_up_at_the_shop

pytestmark = pytest.mark.slow
FRESH = "eleven calm otters by the quay"
PERSON = "robin@halden.example"


def asked_for(person: Visitor, demo: Demo, way: str, address: str = PERSON) -> None:
    """At the sign-in, choose a way by mail."""
    person.page.goto(demo.at("/sign-in"))
    person.fill(identifier=address)
    person.page.get_by_role("button", name=way).click()
    person.sees("is on its way")


def mail_with(person: Visitor, demo: Demo, pattern: str) -> str:
    """The first group of what the newest mail says, as soon as it says so."""
    reader = person.context.new_page()
    for _ in range(100):
        reader.goto(demo.at("/mailbox"))
        if reader.locator("main li").count():
            reader.locator("main li").first.get_by_role("link").click()
            if found := re.search(pattern, reader.inner_text("main"), re.MULTILINE):
                reader.close()
                return found[1]
        reader.wait_for_timeout(100)
    raise AssertionError(f"no mail with {pattern}")


LINK = r"(http\S+/magic-link/\w+)"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_link_by_mail_leads_on_to_the_application(demo: Demo, visitor: MakeVisitor, script: bool) -> None:
    address = f"nora-{script}@halden.example".lower()
    with visitor(script=script) as person:
        sign_up_at_the_shop(person, demo, address)
    with visitor(script=script) as person:
        person.page.goto(demo.shop)
        person.page.get_by_text("Sign in", exact=False).first.click()
        person.fill(identifier=address)
        person.page.get_by_role("button", name="Link by email").click()
        person.sees("is on its way")
        link = mail_with(person, demo, LINK)
        tab = person.context.new_page()
        tab.goto(link)
        tab.get_by_role("button", name="Sign in").click()
        tab.wait_for_url(f"{demo.shop}/**")
        assert address in tab.content()
        assert person.complaints == []


def test_a_link_opened_on_the_telephone_lets_the_first_window_in(demo: Demo, visitor: MakeVisitor) -> None:
    with visitor() as person, visitor(width=360) as phone:
        asked_for(person, demo, "Link by email")
        number = person.page.locator("main p.input-code").inner_text()
        assert person.axe() == []
        phone.page.goto(mail_with(person, demo, LINK))
        phone.sees("Let another window sign in")
        assert phone.axe() == []
        phone.fill(number=number)
        phone.sees("Go back to the other window")
        person.page.get_by_role("button", name="I’ve opened the link").click()
        person.page.wait_for_url("**/account")
        phone.page.goto(demo.at("/account"))
        phone.page.locator("input[name=identifier]").wait_for()


def test_a_code_by_mail_signs_in(demo: Demo, visitor: MakeVisitor) -> None:
    with visitor() as person:
        asked_for(person, demo, "Code by email")
        assert person.axe() == []
        person.fill(code=mail_with(person, demo, r"^\s*(\d{6})\s*$"))
        person.page.wait_for_url("**/account")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_password_that_leaked_is_changed_before_the_sign_in_goes_on(
    demo: Demo, visitor: MakeVisitor, tmp_path: Path, script: bool
) -> None:
    address = f"mila-{script}@halden.example".lower()
    (demo.data_dir / "breached-passwords.bin").unlink(missing_ok=True)
    with visitor(script=script) as person:
        sign_up_at_the_shop(person, demo, address)
    leak(demo, tmp_path, PASSWORD)
    with visitor(script=script) as person:
        person.page.goto(demo.at("/sign-in"))
        person.fill(identifier=address)
        person.fill(password=PASSWORD)
        person.sees("known from a data leak")
        assert not script or person.axe() == []
        person.page.goto(demo.at("/account"))
        person.page.locator("input[name=identifier]").wait_for()

        person.page.goto(demo.at("/sign-in"))
        person.fill(identifier=address)
        person.fill(password=PASSWORD)
        person.sees("known from a data leak")
        person.fill(password=FRESH)
        person.page.wait_for_url("**/account")
    (demo.data_dir / "breached-passwords.bin").unlink()


def leak(demo: Demo, folder: Path, password: str) -> None:
    """What an operator does with a list in which the password is."""
    source = folder / "list.txt"
    source.write_text(f"{hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()}:3\n")
    done = subprocess.run(
        command("breached", "build", str(source)),
        env=environment(data_dir=str(demo.data_dir)),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "1 hashes of 8 bytes" in done.stdout
