"""Every page in a real browser: nothing that axe-core finds fault with, nothing that needs a script, and what a script adds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Demo, MakeVisitor, Visitor
from tests.e2e.crawl import crawl
from tests.e2e.test_main_job import PASSWORD, secret_shown, sign_up_at_the_shop

pytestmark = pytest.mark.slow
PERSON, ADMINISTRATOR = "robin@halden.example", "admin@halden.example"
LOOKS = [(width, scheme) for width in (1280, 360) for scheme in ("light", "dark")]
PUBLIC = ("/sign-in", "/sign-up", "/recover", "/recover/sent", "/recover/done", "/recover/gone", "/sign-out", "/mailbox", "/nothing",
          "/oauth/authorize?client_id=nobody")  # fmt: skip
SETTLED = "() => Promise.allSettled(document.getAnimations().map((one) => one.finished))"
"""Until no colour is on its way to another: it would be measured half-way."""
OWN = ("/account", "/account/security", "/account/activity", "/account/devices", "/account/devices/forget")


def faults(visitor: Visitor) -> list[str]:
    """What axe-core finds, and whether the page is wider than its window, at both widths, light and dark."""
    found = []
    for width, scheme in LOOKS:
        visitor.page.set_viewport_size({"width": width, "height": 900})
        visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two that it takes
        visitor.page.evaluate(SETTLED)
        found += [f"{width} {scheme}: {problem}" for problem in visitor.axe()]
        if visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width} {scheme}: scrolls sideways")
    return found


def sign_in(visitor: Visitor, demo: Demo, email: str, path: str) -> None:
    """Open a page that asks for it."""
    visitor.page.goto(f"{demo.base}{path}")
    visitor.fill(identifier=email)
    visitor.fill(password=demo.password_of(email))
    visitor.page.wait_for_url(f"**{path}**")


def visited(visitor: Visitor, demo: Demo) -> Iterator[str]:
    """What a person meets from the first page to the account, one after the other."""
    for path in PUBLIC:
        visitor.page.goto(demo.at(path))
        yield path
    visitor.page.goto(demo.at("/sign-in"))
    visitor.fill(identifier="")
    visitor.sees("There is a problem")
    yield "nobody named"
    visitor.fill(identifier=PERSON)
    visitor.page.locator("input[name=password]").wait_for()
    yield "password"
    visitor.fill(password="wrong")
    visitor.sees("There is a problem")
    yield "password, wrong"
    visitor.fill(password=demo.password_of(PERSON))
    visitor.page.wait_for_url("**/account")
    for path in OWN:
        visitor.page.goto(demo.at(path))
        yield path


def test_axe_finds_nothing_where_people_come_and_go(demo: Demo, visitor: MakeVisitor) -> None:
    with visitor(bypass_csp=True, reduced_motion="reduce") as person:
        found = {page: problems for page in visited(person, demo) if (problems := faults(person))}
    assert found == {}


def set_up(visitor: Visitor, demo: Demo, address: str) -> Iterator[str]:
    """What a person meets who adds a second factor, and is asked for it."""
    sign_up_at_the_shop(visitor, demo, address)
    visitor.page.goto(demo.at("/account/security"))
    visitor.page.locator("section", has_text="Authenticator app").first.get_by_role("button", name="Add").click()
    visitor.page.locator("input[name=code]").wait_for()
    yield "an authenticator is added"
    secret = secret_shown(visitor)
    visitor.fill(code="000000")
    visitor.sees("There is a problem")
    yield "an authenticator is added, a wrong code"
    visitor.fill(code=secret.now())
    visitor.sees("recovery code")
    yield "recovery codes are shown"
    visitor.page.goto(demo.at("/account/security"))
    yield "security, with a second factor"
    visitor.context.clear_cookies()
    visitor.page.goto(demo.at("/sign-in"))
    visitor.fill(identifier=address)
    visitor.page.locator("input[name=password]").wait_for()
    visitor.fill(password=PASSWORD)
    visitor.page.locator("input[name=code]").wait_for()
    yield "the second factor is asked for"


def test_axe_finds_nothing_where_a_second_factor_is_set_up_and_asked_for(demo: Demo, visitor: MakeVisitor) -> None:
    with visitor(bypass_csp=True, reduced_motion="reduce") as person:
        pages = set_up(person, demo, "nele@halden.example")
        found = {page: problems for page in pages if (problems := faults(person))}
    assert found == {}


def test_axe_finds_nothing_on_any_page_of_the_console(demo: Demo, visitor: MakeVisitor) -> None:
    with visitor(bypass_csp=True, reduced_motion="reduce") as administrator:
        sign_in(administrator, demo, ADMINISTRATOR, "/t/system/console")
        console = f"{demo.base}/t/system/console"
        starts = [f"{console}/tenants", f"{console}/demo", f"{console}/demo/users?q=zzz", f"{console}/demo/nothing"]
        pages = crawl(administrator.page, starts, f"{console}/demo")
        found = {path: faults(administrator) for path in pages}
        assert len(found) > 40, "the crawl reaches the pages"
        assert any("/risk/policy" in path for path in found), "and those of other plugins"
        administrator.page.goto(f"{console}/demo/applications/new/web")
        administrator.page.locator("main form button.btn-brand").click()
        administrator.sees("There is a problem")
        found["a form with problems"] = faults(administrator)
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_the_console_needs_no_script(demo: Demo, visitor: MakeVisitor) -> None:
    with visitor(script=False, timezone_id="Asia/Tokyo") as administrator:
        sign_in(administrator, demo, ADMINISTRATOR, "/t/system/console")
        page = administrator.page
        page.goto(f"{demo.base}/t/system/console/demo/users")
        page.get_by_role("searchbox").fill("nobody")
        page.get_by_role("button", name="Search").click()
        administrator.sees("Nobody found")
        page.get_by_role("link", name="Clear the search").click()
        assert "UTC" in page.locator("main time").first.inner_text(), "without a script times say what they are"
        page.get_by_role("link", name="Robin Halden").click()
        page.get_by_role("link", name="Disable").click()
        assert page.get_by_text("can’t sign in any more").count()
        page.get_by_role("link", name="Cancel").click()
        page.get_by_role("link", name="Overview").click()
        page.get_by_text("Show as a table").click()
        assert page.get_by_role("table").count()
        page.get_by_role("button", name="Sign out").click()
        administrator.sees("signed out of the console")


def test_times_are_shown_where_the_reader_is(demo: Demo, visitor: MakeVisitor) -> None:
    with visitor(timezone_id="Asia/Tokyo", locale="en-GB") as person:
        sign_in(person, demo, PERSON, "/t/demo/account/activity")
        time = person.page.locator("main time").first
        shown, exact = time.inner_text(), time.get_attribute("title") or ""
        assert "UTC" not in shown
        assert exact.endswith("UTC")
        assert shown != exact.removesuffix(" UTC")
