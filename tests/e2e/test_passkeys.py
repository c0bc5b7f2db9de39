"""Passkeys in a real browser: Chromium, with virtual authenticators (WebAuthn level 3 section 11) driven through its debugging protocol."""

from __future__ import annotations

from itertools import count

import pytest

from tests.e2e.authenticators import Authenticators
from tests.e2e.conftest import Demo, MakeVisitor, Visitor
from tests.e2e.test_main_job import PASSWORD, sign_up_at_the_shop

pytestmark = pytest.mark.slow
_numbers = count()

# A browser that makes a passkey after a password without asking does what this one does when asked.
BY_ITSELF = """
    PublicKeyCredential.getClientCapabilities = async () => ({ conditionalCreate: true });
    const create = navigator.credentials.create.bind(navigator.credentials);
    navigator.credentials.create = ({ mediation, ...options }) => create(options);
"""


def somebody() -> str:
    """An address that nobody has yet."""
    return f"mira-{next(_numbers)}@halden.example"


def add_a_key(person: Visitor, demo: Demo, what: str) -> None:
    """From the security page, whose buttons say what they add."""
    person.page.goto(demo.at("/account/security"))
    section = person.page.locator("section", has=person.page.get_by_role("heading", name=what, exact=True))
    section.get_by_role("button", name="Add").click()
    words = "Create a passkey" if what == "Passkey" else "Add a security key"
    person.page.locator("main form").get_by_role("button", name=words).click()
    person.page.wait_for_url("**/account/security")


def with_a_passkey(person: Visitor, demo: Demo, address: str) -> Authenticators:
    """Somebody who registered at the shop and added a passkey on this device."""
    keys = Authenticators(person)
    keys.add(transport="internal")
    sign_up_at_the_shop(person, demo, address)
    add_a_key(person, demo, "Passkey")
    return keys


def sign_in_with_password(person: Visitor, demo: Demo, address: str) -> None:
    """From a cold page to behind the password."""
    person.context.clear_cookies()
    person.page.goto(demo.at("/sign-in"))
    person.fill(identifier=address)
    person.page.locator("input[name=password]").wait_for()
    person.fill(password=PASSWORD)


def test_one_click_signs_in_from_a_cold_page(demo: Demo, visitor: MakeVisitor) -> None:
    address = somebody()
    with visitor() as person:
        with_a_passkey(person, demo, address)
        person.context.clear_cookies()
        person.page.goto(demo.at("/sign-in"))
        person.page.locator("input[name=identifier][autocomplete='username webauthn']").click()
        person.page.wait_for_url("**/account")
        assert address in person.page.content()
        assert person.complaints == []


def test_an_application_is_opened_by_the_same_click(demo: Demo, visitor: MakeVisitor) -> None:
    address = somebody()
    with visitor() as person:
        with_a_passkey(person, demo, address)
        person.context.clear_cookies()
        person.page.goto(demo.club)
        person.page.get_by_text("Sign in", exact=False).first.click()
        person.page.locator("input[name=identifier][autocomplete='username webauthn']").click()
        person.page.wait_for_url(f"{demo.club}/**")
        assert address in person.page.content()
        assert person.complaints == [], "the policy of the page lets the form lead to the application"


def test_the_button_does_the_same(demo: Demo, visitor: MakeVisitor) -> None:
    address = somebody()
    with visitor() as person:
        with_a_passkey(person, demo, address)
        person.context.clear_cookies()
        person.page.goto(demo.at("/sign-in"))
        person.page.get_by_role("button", name="Passkey", exact=True).click()
        person.page.wait_for_url("**/account")
        assert address in person.page.content()
        assert person.complaints == []


def test_without_a_script_a_clear_sentence_and_another_way(demo: Demo, visitor: MakeVisitor) -> None:
    email = "robin@halden.example"
    with visitor(script=False) as person:
        person.page.goto(demo.at("/sign-in"))
        person.page.get_by_role("button", name="Passkey", exact=True).click()
        person.page.get_by_role("button", name="Use a passkey").click()
        person.sees("Passkeys need JavaScript")
        person.page.get_by_role("button", name="Go on in another way").click()
        person.fill(identifier=email)
        person.fill(password=demo.password_of(email))
        person.page.wait_for_url("**/account")


def test_a_security_key_without_a_pin_comes_after_the_password(demo: Demo, visitor: MakeVisitor) -> None:
    address = somebody()
    with visitor() as person:
        keys = Authenticators(person)
        keys.add(transport="usb", resident=False, verifies=False)
        sign_up_at_the_shop(person, demo, address)
        add_a_key(person, demo, "Security key")
        assert [one["isResidentCredential"] for one in keys.credentials()] == [False]
        sign_in_with_password(person, demo, address)
        person.page.wait_for_url("**/account")
        assert person.complaints == []


def test_a_device_that_doesn_t_know_its_owner_is_not_believed(demo: Demo, visitor: MakeVisitor) -> None:
    address = somebody()
    with visitor() as person:
        keys = with_a_passkey(person, demo, address)
        keys.verify(rightly=False)
        person.context.clear_cookies()
        person.page.goto(demo.at("/sign-in"))
        person.page.get_by_role("button", name="Passkey", exact=True).click()
        person.page.get_by_role("button", name="Use a passkey").click()
        person.sees("That didn’t work")
        keys.verify(rightly=True)
        person.page.get_by_role("button", name="Use a passkey").click()
        person.page.wait_for_url("**/account")


def test_a_copied_key_is_found_out_by_its_counter(demo: Demo, visitor: MakeVisitor) -> None:
    address = somebody()
    with visitor() as person:
        keys = with_a_passkey(person, demo, address)
        (copied,) = keys.credentials()
        sign_in_with_password(person, demo, address)
        person.page.wait_for_url("**/account")
        keys.remove()
        keys.add(transport="internal")
        keys.keep({**copied, "signCount": 1})
        sign_in_with_password(person, demo, address)
        person.sees("can’t be used here")
        person.page.get_by_role("button", name="Use a passkey").click()
        person.page.wait_for_load_state("networkidle")
        person.sees("can’t be used here")
        assert keys.credentials()[0]["signCount"] == 3, "it was asked again, and refused again"


def test_a_passkey_is_offered_after_a_password_and_made_by_the_browser_itself(demo: Demo, visitor: MakeVisitor) -> None:
    address = somebody()
    with visitor() as person:
        keys = Authenticators(person)
        keys.add(transport="internal")
        sign_up_at_the_shop(person, demo, address)

        sign_in_with_password(person, demo, address)
        person.sees("Next time without a password?")
        person.page.get_by_role("button", name="Not now").click()
        person.page.wait_for_url("**/account")
        sign_in_with_password(person, demo, address)
        person.page.wait_for_url("**/account")
        assert keys.credentials() == []
        assert person.complaints == []

    address = somebody()
    with visitor() as person:
        keys = Authenticators(person)
        keys.add(transport="internal")
        sign_up_at_the_shop(person, demo, address)
        person.page.add_init_script(BY_ITSELF)
        sign_in_with_password(person, demo, address)
        person.page.wait_for_url("**/account")
        assert len(keys.credentials()) == 1
        sign_in_with_password(person, demo, address)
        person.page.wait_for_url("**/account")


def test_keys_are_named_and_removed(demo: Demo, visitor: MakeVisitor) -> None:
    with visitor(width=360) as person:
        with_a_passkey(person, demo, somebody())
        person.page.get_by_role("link", name="Rename").first.click()
        person.fill(label="My phone")
        person.sees("My phone")
        person.page.get_by_role("link", name="Remove My phone").click()
        person.page.locator("main form button").first.click()
        person.sees("It was removed")
        assert person.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_passkeys(demo: Demo, visitor: MakeVisitor, scheme: str) -> None:
    address = somebody()
    with visitor(width=360, bypass_csp=True, color_scheme=scheme) as person:
        keys = Authenticators(person)
        keys.add(transport="internal")
        sign_up_at_the_shop(person, demo, address)
        found: dict[str, list[str]] = {}
        sign_in_with_password(person, demo, address)
        person.sees("Next time without a password?")
        found["upgrade"] = person.axe()
        person.page.get_by_role("button", name="Not now").click()
        person.page.wait_for_url("**/account")
        person.page.goto(demo.at("/account/passkeys/new"))
        found["create"] = person.axe()
        person.page.get_by_role("button", name="Create a passkey").click()
        person.page.wait_for_url("**/account/security")
        found["security"] = person.axe()
        person.page.get_by_role("link", name="Rename").first.click()
        person.page.locator("input[name=label]").wait_for()
        found["name"] = person.axe()
        keys.verify(rightly=False)
        person.context.clear_cookies()
        person.page.goto(demo.at("/sign-in"))
        person.page.get_by_role("button", name="Passkey", exact=True).click()
        person.page.get_by_role("button", name="Use a passkey").click()
        person.sees("That didn’t work")
        found["ask"] = person.axe()
        assert {page: problems for page, problems in found.items() if problems} == {}
