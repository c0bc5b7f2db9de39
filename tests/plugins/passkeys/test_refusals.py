"""Everything that an answer can be wrong in: refused in one sentence, and told apart in the audit log."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from tests.plugins.passkeys.authenticator import Answer, Authenticator, Options, base64url, octets
from tests.plugins.passkeys.person import (
    answer,
    asked,
    beside,
    enrolled,
    enrolled_beside,
    events_of,
    keys_of,
    options_of,
    refusals,
    sessions_of,
    set_up,
    sign_in,
    with_password,
)
from xenia.testing.app import App
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User

REFUSED = "can’t be used here"
NOT_MADE = "couldn’t be added"


async def tried(app: App, ada: User, sign: Callable[[Options], Answer | str]) -> str:
    """Whatever is signed opens nothing; the reason that the audit tells."""
    before = await sessions_of(app, ada)
    browser, page, options = await asked(app)
    given = sign(options)
    page = await beside(browser, page, credential=given if isinstance(given, str) else json.dumps(given))
    assert page.status_code == 422
    assert REFUSED in page.text
    assert await sessions_of(app, ada) == before
    return (await refusals(app))[-1]


async def refused_sign_in(app: App, ada: User, phone: Authenticator, reason: str, sent: Answer | None = None) -> None:
    """What ``phone`` signs now, or signed before, is refused for this reason."""
    assert await tried(app, ada, lambda options: sent or phone.get(options)) == reason
    assert (await refusals(app))[:-1] == []


WRONG_ASSERTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "another origin": ({"origin": "https://login.example.net"}, "origin"),
    "our host on another port": ({"origin": "http://localhost:8001"}, "origin"),
    "a page below our origin": ({"origin": "http://localhost:8000/t/acme"}, "origin"),
    "another relying party": ({"rp_id": "example.net"}, "rp_id"),
    "a registration": ({"type": "webauthn.create"}, "type"),
    "a challenge of somebody's own": ({"challenge": b"x" * 32}, "challenge"),
    "a challenge that isn't text": ({"challenge": b"\xff" * 32}, "challenge"),
    "nobody present": ({"present": False}, "presence"),
    "nobody verified": ({"verifies": False}, "verification"),
    "out of a frame": ({"cross_origin": True}, "cross_origin"),
    "below another site's page": ({"top_origin": "https://example.net"}, "cross_origin"),
    "eligible for backup all of a sudden": ({"eligible": True}, "backup_eligibility"),
    "backed up without being eligible": ({"backed_up": True}, "backup_flags"),
}


async def test_a_wrong_assertion_opens_nothing(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    found = {case: await tried(app, ada, phone.but(**knobs).get) for case, (knobs, _) in WRONG_ASSERTIONS.items()}
    assert found == {case: reason for case, (_, reason) in WRONG_ASSERTIONS.items()}


def _signature(given: Answer) -> None:
    signature = bytearray(octets(given["response"]["signature"]))
    signature[-1] ^= 1
    given["response"]["signature"] = base64url(bytes(signature))


def _flags(given: Answer) -> None:
    data = bytearray(octets(given["response"]["authenticatorData"]))
    data[36] += 1  # a higher counter than was signed
    given["response"]["authenticatorData"] = base64url(bytes(data))


def _named(id_: str) -> Callable[[Answer], None]:
    return lambda given: given.update(id=id_, rawId=id_)


MANGLED: dict[str, tuple[Callable[[Answer], None], str]] = {
    "a bit of the signature": (_signature, "signature"),
    "an empty signature": (lambda given: given["response"].update(signature=""), "signature"),
    "a counter that wasn't signed": (_flags, "signature"),
    "an id that nobody has": (_named(base64url(b"nobody's" * 4)), "unknown"),
    "an id of 1,024 octets": (_named(base64url(b"x" * 1024)), "id_length"),
    "no id": (_named(""), "id_length"),
    "two ids": (lambda given: given.update(rawId=base64url(b"another")), "malformed"),
    "another type": (lambda given: given.update(type="password"), "malformed"),
    "no user handle": (lambda given: given["response"].pop("userHandle"), "user_handle"),
    "an empty user handle": (lambda given: given["response"].update(userHandle=""), "user_handle"),
    "somebody else's handle": (lambda given: given["response"].update(userHandle=base64url(b"else")), "user_handle"),
    "data that are cut": (lambda given: given["response"].update(authenticatorData="AAAA"), "malformed"),
    "client data that are none": (lambda given: given["response"].update(clientDataJSON=base64url(b"[]")), "malformed"),
    "base64 of another alphabet": (lambda given: given["response"].update(clientDataJSON="a+/="), "malformed"),
}


async def test_a_mangled_assertion_opens_nothing(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)

    def mangled(options: Options, change: Callable[[Answer], None]) -> Answer:
        given = phone.get(options)
        change(given)
        return given

    found = {case: await tried(app, ada, partial(mangled, change=change)) for case, (change, _) in MANGLED.items()}
    assert found == {case: reason for case, (_, reason) in MANGLED.items()}


async def test_what_is_no_answer_at_all_is_refused_too(app: App, ada: User) -> None:
    for posted in ("{", "[]", "null", '"x"', "1", "{}", "[" * 60_000, "\x00", "{" * 9):
        assert await tried(app, ada, partial(_said, posted)) == "malformed"
    assert await tried(app, ada, lambda _: "x" * 70_000) == "too_long"


def _said(posted: str, _: Options) -> str:
    return posted


# -- challenges


async def test_a_challenge_is_answered_once(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    browser, page, options = await asked(app)
    await beside(browser, page, credential=json.dumps(phone.get(options)))
    await refused_sign_in(app, ada, phone, "challenge", phone.get(options))


async def test_a_challenge_belongs_to_one_journey(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    _, _, options = await asked(app)
    await refused_sign_in(app, ada, phone, "purpose", phone.get(options))


async def test_a_challenge_for_a_new_key_is_answered_by_no_signature(app: App, ada: User, phone: Authenticator) -> None:
    browser = await enrolled(app, phone)
    page = await browser.post("/account/enrol/passkey", {})
    options = options_of(page)
    signed = phone.get({"rpId": options["rp"]["id"], "challenge": options["challenge"], "allowCredentials": []})
    await refused_sign_in(app, ada, phone, "purpose", signed)


async def test_a_challenge_of_another_tenant_is_none(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    await app.tenant("other")
    browser = app.browser("other")
    told = await beside(browser, await browser.get("/sign-in"))
    options: Options = told.json()["view"]["data"]["options"]
    await refused_sign_in(app, ada, phone, "challenge", phone.get(options))


async def test_a_passkey_of_another_tenant_opens_nothing(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    await app.tenant("other")
    browser = app.browser("other")
    page = await browser.get("/sign-in")
    told = await beside(browser, page)
    options: Options = told.json()["view"]["data"]["options"]
    page = await beside(browser, page, credential=json.dumps(phone.get(options)))
    assert page.status_code == 422


async def test_a_challenge_for_a_second_factor_is_none_for_a_first(app: App, ada: User, phone: Authenticator) -> None:
    """What wasn't asked for by the stored options is not believed from the answer."""
    await enrolled(app, phone)
    browser, page = await with_password(app)
    options = options_of(page)
    assert options["userVerification"] == "preferred"
    await refused_sign_in(app, ada, phone, "purpose", phone.but(verifies=False).get(options))
    page = await answer(browser, page, phone.get(options))
    assert page.status_code == 422, "it was spent by the try elsewhere"


# -- whose


async def test_another_persons_passkey_is_refused(app: App, ada: User, phone: Authenticator) -> None:
    await a_person(app, "grace@example.org", password=PASSWORD)
    await enrolled(app, phone)
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier="grace@example.org")
    page = await browser.submit(page, action="method:passkey")
    page = await answer(browser, page, phone.get({**options_of(page), "allowCredentials": []}))
    assert page.status_code == 422
    assert await refusals(app) == ["not_offered"]


async def test_another_persons_passkey_is_no_second_factor(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    await a_person(app, "grace@example.org", password=PASSWORD)
    other = Authenticator()
    browser, _ = await with_password(app, "grace@example.org")
    page = await browser.post("/account/enrol/passkey", {})
    await answer(browser, page, other.create(options_of(page)))
    browser, page = await with_password(app, "grace@example.org")
    page = await answer(browser, page, phone.get({**options_of(page), "allowCredentials": []}))
    assert page.status_code == 422
    assert await refusals(app) == ["not_offered"]


# -- counters and backups


async def test_a_counter_that_goes_back_is_refused_and_told(
    app: App, ada: User, phone: Authenticator, mailbox: Mailbox
) -> None:
    await enrolled(app, phone)
    await sign_in(app, phone)
    await sign_in(app, phone)
    phone.keys[0].counter -= 2
    await refused_sign_in(app, ada, phone, "counter")
    (event,) = await events_of(app, "passkey.copy_suspected")
    assert (event["counter"], event["expected_above"]) == (1, 2)
    await app.settle()
    assert "One of your passkeys may have been copied" in [one.subject for one in mailbox.to(EMAIL)]


async def test_a_copy_that_counts_on_gets_in_no_later(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    await sign_in(app, phone)
    phone.keys[0].counter -= 1
    await refused_sign_in(app, ada, phone, "counter")
    for _ in range(2):
        assert await tried(app, ada, phone.get) == "copied"
    assert len(await events_of(app, "passkey.copy_suspected")) == 1


async def test_a_page_asks_by_itself_but_not_after_a_refusal(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    browser, page = await with_password(app)
    assert "data-start" in page.text
    page = await answer(browser, page, phone.but(origin="https://login.example.net").get(options_of(page)))
    assert page.status_code == 422
    assert REFUSED in page.text
    assert "data-start" not in page.text


async def test_a_tenant_may_only_record_it(app: App, ada: User, phone: Authenticator) -> None:
    await set_up(app, clones="record")
    await enrolled(app, phone)
    await sign_in(app, phone)
    phone.keys[0].counter -= 1
    before = len(await sessions_of(app, ada))
    await sign_in(app, phone)
    assert len(await sessions_of(app, ada)) == before + 1
    assert len(await events_of(app, "passkey.copy_suspected")) == 1


async def test_a_key_that_never_counts_is_no_copy(app: App, ada: User) -> None:
    phone = Authenticator(counts=False, eligible=True, backed_up=True)
    await enrolled(app, phone)
    for _ in range(2):
        _, page = await sign_in(app, phone)
        assert page.url.path.endswith("/account")
    assert await events_of(app, "passkey.copy_suspected") == []


async def test_a_counter_that_stops_is_a_copy_too(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    await sign_in(app, phone)
    phone.keys[0].counter = 0
    await refused_sign_in(app, ada, phone.but(counts=False), "counter")


async def test_a_passkey_that_is_backed_up_now_is_told(app: App, ada: User) -> None:
    phone = Authenticator(eligible=True)
    await enrolled(app, phone)
    await sign_in(app, phone.but(backed_up=True))
    await sign_in(app, phone.but(backed_up=True))
    told = await events_of(app, "passkey.backup_changed")
    assert [event["backed_up"] for event in told] == [True]


# -- registration


WRONG_CREATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "another origin": ({"origin": "https://login.example.net"}, "origin"),
    "another relying party": ({"rp_id": "example.net"}, "rp_id"),
    "a sign-in": ({"type": "webauthn.get"}, "type"),
    "a challenge of somebody's own": ({"challenge": b"x" * 32}, "challenge"),
    "nobody present": ({"present": False}, "presence"),
    "nobody verified": ({"verifies": False}, "verification"),
    "out of a frame": ({"cross_origin": True}, "cross_origin"),
    "backed up without being eligible": ({"backed_up": True}, "backup_flags"),
    "an algorithm that wasn't offered": ({"alg": -35}, "algorithm"),
    "an id of 1,024 octets": ({"id_octets": 1024}, "id_length"),
}


async def test_a_wrong_registration_adds_nothing(app: App, ada: User, phone: Authenticator) -> None:
    browser, _ = await with_password(app)
    for case, (knobs, reason) in WRONG_CREATIONS.items():
        page = await browser.post("/account/enrol/passkey", {})
        page = await answer(browser, page, phone.but(**knobs).create(options_of(page)))
        assert page.status_code == 422, case
        assert NOT_MADE in page.text
        assert (await refusals(app))[-1] == reason, case
    assert await keys_of(app, ada) == []


async def test_an_id_of_1023_octets_is_fine(app: App, ada: User) -> None:
    phone = Authenticator(id_octets=1023)
    await enrolled(app, phone)
    _, page = await sign_in(app, phone)
    assert page.url.path.endswith("/account")


async def test_every_algorithm_that_is_offered_works(app: App, ada: User) -> None:
    for alg in (-7, -8, -257):
        phone = Authenticator(alg=alg, aaguid=str(UUID(int=-alg)))
        await enrolled_beside(app, phone)
        _, page = await sign_in(app, phone)
        assert page.url.path.endswith("/account"), alg


async def test_an_id_that_somebody_has_is_refused(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    await a_person(app, "grace@example.org", password=PASSWORD)
    browser, _ = await with_password(app, "grace@example.org")
    for kind in ("passkey", "security_key"):
        page = await browser.post(f"/account/enrol/{kind}", {})
        options = {**options_of(page)}
        options["user"] = {**options["user"], "id": base64url(phone.keys[0].handle)}
        page = await answer(browser, page, Authenticator(keys=[]).create(options))
        assert page.status_code == 422
    assert await refusals(app) == ["taken", "taken"]


async def test_a_challenge_for_a_sign_in_registers_nothing(app: App, ada: User, phone: Authenticator) -> None:
    browser, page = await with_password(app)
    _, _, sign_in_options = await asked(app)
    page = await browser.post("/account/enrol/passkey", {})
    wanted = {**options_of(page), "challenge": sign_in_options["challenge"]}
    page = await answer(browser, page, phone.create(wanted))
    assert page.status_code == 422
    assert await refusals(app) == ["purpose"]


async def test_without_an_answer_the_page_says_what_is_missing(app: App, ada: User) -> None:
    browser, _ = await with_password(app)
    page = await browser.post("/account/enrol/passkey", {})
    page = await browser.submit(page, credential="")
    assert page.status_code == 422
    assert "Passkeys need JavaScript" in page.text
