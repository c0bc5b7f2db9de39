"""What came into an account while somebody else was in it opens nothing, then or later; and no button takes a second factor away."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.plugins.passkeys.authenticator import Authenticator
from tests.plugins.passkeys.person import answer, enrolled_beside, options_of, set_up, sign_in
from tests.plugins.protection.support import EMAIL, a_browser, guess, is_signed_in
from tests.plugins.protection.test_disowning import NEW, STOLEN, link_of, pressed, reset, taken_over
from xenia.api import Factor, Goal, LoginAttempt, LoginDecision, NewCredential, Proof, Verdict
from xenia.testing.app import App, Browser
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User
from xenia_protection.disowning import Disowning

ADDED_MEANWHILE = "was added while somebody else was in the account"


async def adds(browser: Browser, phone: Authenticator) -> None:
    """Whoever is signed in here adds a passkey."""
    page = await browser.post("/account/enrol/passkey", {})
    page = await answer(browser, page, phone.create(options_of(page)))
    assert page.status_code == 200, page.text[:2000]


async def kinds(app: App, user: User) -> list[str]:
    """What the person has."""
    return sorted(one.kind for one in await app.kernel.credentials.summaries(app.context, user.id))


async def key_of(app: App, user: User) -> UUID:
    """Their passkey."""
    [key] = (one.id for one in await app.kernel.credentials.summaries(app.context, user.id) if one.kind == "passkey")
    return key


async def decided(app: App, user: User, *, acr: str = "aal1", credential: UUID | None = None) -> LoginDecision:
    """The last word on a sign-in that proved this."""
    now = app.kernel.clock.now()
    proof = Proof(method="x", factors=frozenset({Factor.POSSESSION}), amr=("pop",), at=now, credential=credential)
    attempt = LoginAttempt(user_id=user.id, application=None, acr=acr, proofs=(proof,), goal=Goal.SIGN_IN)
    return await app.kernel.hooks.authorize_login(app.context, attempt)


@pytest.fixture
async def strangers_phone(app: App, ada: User, mailbox: Mailbox) -> Authenticator:
    """A stranger changed the password and added this; the owner pressed the button and came back with a new password."""
    await set_up(app, after_password=False)
    stranger, link = await taken_over(app, ada, mailbox)
    phone = Authenticator()
    await adds(stranger, phone)
    await pressed(app, link)
    await reset(app, ada, NEW)
    assert is_signed_in(await guess(a_browser(app), EMAIL, NEW))
    return phone


async def test_a_stranger_s_passkey_opens_nothing_when_the_owner_is_back(
    app: App, strangers_phone: Authenticator
) -> None:
    browser, page = await sign_in(app, strangers_phone)
    assert ADDED_MEANWHILE in page.text
    assert not is_signed_in(await browser.get("/account"))


async def test_the_last_word_knows_it_too(app: App, ada: User, strangers_phone: Authenticator) -> None:
    decision = await decided(app, ada, credential=await key_of(app, ada))
    assert decision.verdict is Verdict.DENY


async def test_a_passkey_from_before_opens_the_account_again(app: App, ada: User, mailbox: Mailbox) -> None:
    phone = Authenticator()
    await enrolled_beside(app, phone)
    await app.kernel.database.execute("UPDATE credentials SET created_at = created_at - interval '1 day'")
    _, link = await taken_over(app, ada, mailbox)
    await pressed(app, link)
    await reset(app, ada, NEW)
    assert is_signed_in(await guess(a_browser(app), EMAIL, NEW))
    _, page = await sign_in(app, phone)
    assert is_signed_in(page)


async def test_the_owner_who_comes_with_two_factors_is_rid_of_it(
    app: App, ada: User, strangers_phone: Authenticator
) -> None:
    assert (await decided(app, ada)).verdict is Verdict.ALLOW
    assert await kinds(app, ada) == ["passkey", "password"]
    assert (await decided(app, ada, acr="aal2")).verdict is Verdict.ALLOW
    assert await kinds(app, ada) == ["password"]
    assert not (await Disowning(app.kernel).standing(app.context, ada.id)).distrusted


async def test_whoever_has_the_mailbox_alone_takes_no_second_factor_away(app: App, ada: User, mailbox: Mailbox) -> None:
    """Ada sets up an authenticator app; somebody who reads her mail presses the button in the notice."""
    new = NewCredential(plugin="totp", kind="totp", data=b"seed", second=True)
    await app.kernel.credentials.add(app.context, ada.id, new)
    await app.settle()
    await pressed(app, link_of(mailbox))
    assert await kinds(app, ada) == ["password", "totp"]


async def test_an_administrator_who_opens_it_trusts_what_is_there(
    app: App, ada: User, strangers_phone: Authenticator
) -> None:
    disowning = Disowning(app.kernel)
    assert (await disowning.standing(app.context, ada.id)).distrusted == {await key_of(app, ada)}
    await disowning.trust(app.context, ada.id)
    assert (await decided(app, ada, credential=await key_of(app, ada))).verdict is Verdict.ALLOW


async def test_what_two_presses_distrust_adds_up(
    app: App, ada: User, mailbox: Mailbox, strangers_phone: Authenticator
) -> None:
    first = await key_of(app, ada)
    new = NewCredential(plugin="totp", kind="totp", data=b"seed", second=True)
    second = await app.kernel.credentials.add(app.context, ada.id, new)
    await app.settle()
    await pressed(app, link_of(mailbox))
    assert (await Disowning(app.kernel).standing(app.context, ada.id)).distrusted == {first, second}


async def test_it_goes_with_the_account_into_another(app: App, ada: User, strangers_phone: Authenticator) -> None:
    key = await key_of(app, ada)
    grace = await a_person(app, "grace@example.org")
    await app.kernel.merges.merge(app.context, ada.id, grace.id)
    standing = await Disowning(app.kernel).standing(app.context, grace.id)
    assert standing.since is None
    assert standing.distrusted == {key}
    assert (await decided(app, grace, credential=await key_of(app, grace))).verdict is Verdict.DENY, "the same key"


async def test_parted_again_it_waits_on_for_a_new_password(app: App, ada: User, mailbox: Mailbox) -> None:
    """The old one comes back with the account, and was stored a moment ago."""
    _, link = await taken_over(app, ada, mailbox)
    await pressed(app, link)
    grace = await a_person(app, "grace@example.org", password=PASSWORD)
    merge = await app.kernel.merges.merge(app.context, ada.id, grace.id)
    await app.kernel.merges.undo(app.context, merge)
    page = await guess(a_browser(app, address="203.0.113.5"), EMAIL, STOLEN)
    assert "This account waits for its owner" in page.text
