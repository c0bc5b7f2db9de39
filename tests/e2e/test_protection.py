"""In a real browser: the puzzle before a guess is solved by itself, and without script one waits."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.core.serving.processes import command, environment
from tests.e2e.conftest import Demo, MakeVisitor, Visitor
from tests.e2e.test_main_job import PASSWORD, sign_up_at_the_shop

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _pressed(demo: Demo) -> None:
    """The demonstration's tenant, where nothing is free: a puzzle comes before each guess."""
    document = '[tenant]\nid = "demo"\n[plugins.protection]\nnetwork_free = 0\nnetwork_most = 0\nwait_seconds = 2\n'
    run(demo, "plugins", "enable", "protection", "--tenant", "demo")
    path = demo.data_dir.parent / "pressed.toml"
    path.write_text(document)
    run(demo, "apply", str(path))


def run(demo: Demo, *words: str) -> None:
    """A command beside the running demonstration."""
    settings = environment(data_dir=str(demo.data_dir), public_url=demo.base)
    done = subprocess.run(command(*words), env=settings, cwd=demo.data_dir.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def at_the_puzzle(person: Visitor, demo: Demo, address: str) -> None:
    person.page.goto(demo.at("/sign-in"))
    person.fill(identifier=address)


def test_a_browser_solves_it_by_itself(demo: Demo, visitor: MakeVisitor) -> None:
    with visitor() as person:
        sign_up_at_the_shop(person, demo, "puzzled@halden.example")
    with visitor() as person:
        at_the_puzzle(person, demo, "puzzled@halden.example")
        person.page.locator("input[name=password]:visible").wait_for()
        person.fill(password="wrong on purpose, at first")
        person.sees("don’t belong together")
        person.page.get_by_role("button", name="Continue").click()
        person.page.locator("input[name=password]:visible").wait_for()
        person.fill(password=PASSWORD)
        person.page.wait_for_url(re.compile("/account"))
        assert person.complaints == []


def test_without_script_one_waits(demo: Demo, visitor: MakeVisitor) -> None:
    with visitor(script=False) as person:
        at_the_puzzle(person, demo, "nobody@halden.example")
        person.page.get_by_text(re.compile(r"Wait \d+ seconds")).first.wait_for()
        for _ in range(20):
            person.page.wait_for_timeout(1000)
            person.page.get_by_role("button", name="Continue").click()
            if person.page.locator("input[name=password]").count():
                break
        else:
            raise AssertionError("waiting never ended")
        assert person.complaints == []


def test_the_page_keeps_to_the_rules(demo: Demo, visitor: MakeVisitor) -> None:
    with visitor() as person:
        person.page.route("**/worker.js", lambda route: route.abort())
        at_the_puzzle(person, demo, "nobody@halden.example")
        person.sees("One moment")
        assert person.axe() == []
