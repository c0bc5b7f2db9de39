"""What is asked of a browser tells nobody whether there is an account (WebAuthn level 3 section 14.6.2)."""

from __future__ import annotations

import json
from typing import Any

from tests.plugins.passkeys.authenticator import Authenticator, Options
from tests.plugins.passkeys.person import asked, beside, enrolled, enrolled_beside, options_of, with_password
from xenia.testing.app import App
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User


async def options_for(app: App, address: str) -> Options:
    """What somebody is asked for who claims an address and chooses a passkey."""
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=address)
    page = await browser.submit(page, action="method:passkey")
    assert page.status_code == 200
    return options_of(page)


def shape(options: Options) -> dict[str, Any]:
    """Everything but what is random or somebody's own."""
    allow = [{**one, "id": ""} for one in options["allowCredentials"]]
    return {**options, "challenge": len(options["challenge"]), "allowCredentials": allow}


def ids(options: Options) -> list[str]:
    return [one["id"] for one in options["allowCredentials"]]


async def test_options_are_of_one_shape_for_everybody(app: App, ada: User, phone: Authenticator) -> None:
    await a_person(app, "grace@example.org", password=PASSWORD)
    await enrolled_beside(app, phone)
    await enrolled_beside(app, Authenticator(aaguid="d548826e-79b4-db40-a3d8-11116f7e8349"))
    shapes = [shape(await options_for(app, address)) for address in (EMAIL, "grace@example.org", "nobody@example.org")]
    assert shapes[0] == shapes[1] == shapes[2]
    assert len(shapes[0]["allowCredentials"]) == 4
    assert set(shapes[0]["allowCredentials"][0]) == {"type", "id"}, "no transport tells a real one"


async def test_options_stay_the_same_over_requests_and_spellings(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    for one, other in ((EMAIL, EMAIL.upper()), ("nobody@example.org", " Nobody@Example.org")):
        assert ids(await options_for(app, one)) == ids(await options_for(app, other))
    assert ids(await options_for(app, "nobody@example.org")) != ids(await options_for(app, "noone@example.org"))


async def test_what_is_made_up_differs_between_tenants(app: App, ada: User) -> None:
    here = ids(await options_for(app, "nobody@example.org"))
    await app.tenant("other")
    browser = app.browser("other")
    page = await browser.submit(await browser.get("/sign-in"), identifier="nobody@example.org")
    page = await browser.submit(page, action="method:passkey")
    assert not set(here) & set(ids(options_of(page)))


async def test_a_real_passkey_has_no_place_of_its_own_in_the_list(app: App) -> None:
    places = set()
    for number in range(8):
        address = f"person-{number}@example.org"
        await a_person(app, address, password=PASSWORD)
        phone = Authenticator()
        browser, _ = await with_password(app, address)
        page = await browser.post("/account/enrol/passkey", {})
        given = phone.create(options_of(page))
        await browser.submit(page, credential=json.dumps(given))
        places.add(ids(await options_for(app, address)).index(given["id"]))
    assert len(places) > 1


async def test_a_passkey_out_of_the_list_signs_in(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    page = await browser.submit(page, action="method:passkey")
    page = await browser.submit(page, credential=json.dumps(phone.get(options_of(page))))
    assert page.url.path.endswith("/account")


async def test_whoever_is_unknown_is_refused_in_the_same_words(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    stranger = Authenticator()
    pages = []
    for address in (EMAIL, "nobody@example.org"):
        browser = app.browser()
        page = await browser.submit(await browser.get("/sign-in"), identifier=address)
        page = await browser.submit(page, action="method:passkey")
        options = options_of(page)
        stranger.create({"rp": {"id": "localhost"}, "user": {"id": "AAAA"}, "challenge": options["challenge"]})
        given = stranger.get({**options, "allowCredentials": []})
        pages.append(await browser.submit(page, credential=json.dumps(given)))
    assert [page.status_code for page in pages] == [422, 422]
    assert [page.text.count("can’t be used here") for page in pages] == [1, 1]


async def test_the_page_before_anybody_is_known_names_nobody(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    _, _, options = await asked(app)
    assert options["allowCredentials"] == []
    assert options["userVerification"] == "required"
    browser = app.browser()
    told = await beside(browser, await browser.get("/sign-in"))
    assert told.json()["view"]["who"] == ""
