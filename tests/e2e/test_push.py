"""Approvals with a real browser and the reference device as a program of its own, as the protocol's page tells a developer to try it."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from tests.e2e.conftest import Demo, MakeVisitor, Visitor
from tests.e2e.test_main_job import PASSWORD, sign_up_at_the_shop

pytestmark = pytest.mark.slow
DEVICE = Path(__file__).parent.parent / "plugins/push/device.py"
_numbers = count()


def somebody() -> str:
    """An address that nobody has yet."""
    return f"piet-{next(_numbers)}@halden.example"


def device(folder: Path, *words: str, typed: str = "") -> str:
    """One command of the reference device; what it says."""
    ended = subprocess.run(
        [sys.executable, DEVICE, *words], cwd=folder, input=typed, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def with_a_device(person: Visitor, demo: Demo, address: str, folder: Path) -> None:
    """Somebody who registered at the shop and connected a device."""
    sign_up_at_the_shop(person, demo, address)
    person.page.goto(demo.at("/account/security"))
    section = person.page.locator("section", has=person.page.get_by_role("heading", name="Approval in the app"))
    section.get_by_role("button", name="Add").click()
    link = person.page.get_by_role("link", name="Open it here").get_attribute("href")
    said = device(folder, "enrol", link or "")
    person.fill(number=said.split()[1])
    person.page.wait_for_url("**/account/security")


def sign_in(person: Visitor, demo: Demo, address: str) -> str:
    """From a cold page to the number."""
    person.context.clear_cookies()
    person.page.goto(demo.at("/sign-in"))
    person.fill(identifier=address)
    person.page.locator("input[name=password]").wait_for()
    person.fill(password=PASSWORD)
    person.sees("Your number:")
    return person.page.locator("main p.input-code").inner_text()


def test_the_page_goes_on_by_itself_when_the_app_approved(demo: Demo, visitor: MakeVisitor, tmp_path: Path) -> None:
    with visitor() as person:
        address = somebody()
        with_a_device(person, demo, address, tmp_path)
        number = sign_in(person, demo, address)
        assert person.axe() == []
        assert "approved" in device(tmp_path, "approve", typed=number)
        person.page.wait_for_url(demo.at("/account"))
        assert json.loads(device(tmp_path, "list"))["challenges"] == []
        assert person.complaints == []


def test_the_page_says_by_itself_that_a_request_is_over(demo: Demo, visitor: MakeVisitor, tmp_path: Path) -> None:
    with visitor() as person:
        address = somebody()
        with_a_device(person, demo, address, tmp_path)
        sign_in(person, demo, address)
        assert "denied" in device(tmp_path, "report")
        person.sees("This request is over")
        assert person.complaints == []


def test_without_script_a_button_does_the_same(demo: Demo, visitor: MakeVisitor, tmp_path: Path) -> None:
    with visitor() as person:
        address = somebody()
        with_a_device(person, demo, address, tmp_path)
        device(tmp_path, "rotate")
    with visitor(script=False, width=360) as person:
        number = sign_in(person, demo, address)
        assert "approved" in device(tmp_path, "approve", typed=number)
        person.page.get_by_role("button", name="I’ve approved it").click()
        person.page.wait_for_url(demo.at("/account"))
        device(tmp_path, "remove")
