"""An address is proven by a code or a link, once, in the browser that began, and nobody learns who has an account."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests.plugins.mail.conftest import CONTEXT, NOW, MailHost
from xenia.db import Database
from xenia.ids import new_id
from xenia.journeys.models import Again, Claimed, Done, Draft, Goal, Journey, Refused
from xenia.plugin.host import Host
from xenia.sessions.models import Factor, Proof
from xenia.tenants.models import SignInSettings
from xenia.ui import StepView
from xenia.users.models import Identifier, IdentifierKind, User
from xenia_mail.step import VerifyEmail
from xenia_mail.verification import Verification

ADA = Claimed(IdentifierKind.EMAIL, "ada@acme.example")
PROOF = Proof(method="password", factors=frozenset({Factor.KNOWLEDGE}), amr=("pwd",), at=NOW)


@pytest.fixture
def verification(host: Host) -> Verification:
    """Codes and links."""
    return Verification(host)


@pytest.fixture
def step(host: Host, verification: Verification) -> VerifyEmail:
    """The step under test."""
    return VerifyEmail(host, verification)


def sign_up(*, taken: bool = False) -> Journey:
    """A sign-up with an address that nobody proved yet."""
    return Journey(id=new_id(), tenant="acme", goal=Goal.SIGN_UP, started_at=NOW, claimed=ADA, draft=Draft(taken=taken))


def remembering(journey: Journey, shown: object) -> Journey:
    """The journey after its step was shown."""
    assert isinstance(shown, Again)
    return msgspec.structs.replace(journey, data={"verify_email": shown.remember or {}})


async def shown(step: VerifyEmail, journey: Journey) -> Journey:
    """Show the step for the first time."""
    return remembering(journey, await step.show(CONTEXT, journey))


async def forget_limits(database: Database) -> None:
    """The next minute, and the next hour."""
    await database.execute("DELETE FROM counters")


async def submit(step: VerifyEmail, journey: Journey, code: str = "", action: str = "") -> Done | Refused | Again:
    """Post the step's form."""
    return await step.submit(CONTEXT, journey, {"code": code, "action": action})


def problem(outcome: object) -> str:
    """The sentence with which a form was refused."""
    assert isinstance(outcome, Refused)
    return next(iter(outcome.errors.values())).id


# ------------------------------------------------------------------ when


async def test_a_sign_up_needs_it_until_its_address_is_proven(step: VerifyEmail) -> None:
    journey = sign_up()
    assert await step.needed(CONTEXT, journey)
    assert not await step.needed(CONTEXT, msgspec.structs.replace(journey, verified=(ADA,)))


async def test_a_tenant_may_do_without(fake: MailHost, step: VerifyEmail) -> None:
    fake.configured[SignInSettings] = SignInSettings(verified_email=False)
    assert not await step.needed(CONTEXT, sign_up())


@pytest.mark.parametrize(
    ("verified", "proofs", "needed"), [(False, True, True), (True, True, False), (False, False, False)]
)
async def test_a_person_needs_it_after_a_proof_while_the_address_is_not_verified(
    fake: MailHost, step: VerifyEmail, verified: bool, proofs: bool, needed: bool
) -> None:
    fake.person = _person(verified=verified)
    journey = Journey(
        id=new_id(),
        tenant="acme",
        goal=Goal.SIGN_IN,
        started_at=NOW,
        user_id=fake.person.id,
        proofs=(PROOF,) if proofs else (),
    )
    assert await step.needed(CONTEXT, journey) is needed


def _person(*, verified: bool = False) -> User:
    identifier = Identifier(
        kind=ADA.kind, value=ADA.value, normalised=ADA.value, verified_at=NOW if verified else None, primary=True
    )
    return User(tenant="acme", id=new_id(), created_at=NOW, updated_at=NOW, identifiers=(identifier,))


# ------------------------------------------------------------------ the code


async def test_the_first_view_sends_one_mail_and_the_next_sends_none(fake: MailHost, step: VerifyEmail) -> None:
    journey = await shown(step, sign_up())
    assert isinstance(await step.show(CONTEXT, journey), StepView)
    (mail,) = fake.sent
    assert (mail.to, mail.locale, mail.expires_at) == (ADA.value, "en", NOW + timedelta(minutes=10))
    assert len(mail.code) == 6
    assert mail.link.startswith("/verify-email/xverify_")


async def test_two_views_at_once_send_one_mail(fake: MailHost, step: VerifyEmail) -> None:
    journey = sign_up()
    await step.show(CONTEXT, journey)
    await step.show(CONTEXT, journey)
    assert len(fake.sent) == 1


async def test_the_right_code_proves_the_address_once(fake: MailHost, step: VerifyEmail) -> None:
    journey = await shown(step, sign_up())
    code = fake.sent[0].code
    assert await submit(step, journey, f" {code[:3]} {code[3:]} ") == Done(verified=(ADA,))
    assert problem(await submit(step, journey, code)) == "mail.verify.spent"


async def test_a_person_s_address_is_marked_at_once(fake: MailHost, step: VerifyEmail) -> None:
    fake.person = _person()
    start = Journey(
        id=new_id(), tenant="acme", goal=Goal.SIGN_IN, started_at=NOW, user_id=fake.person.id, proofs=(PROOF,)
    )
    journey = await shown(step, start)
    assert isinstance(await submit(step, journey, fake.sent[0].code), Done)
    assert fake.verified == [ADA.value]


async def test_a_code_is_spent_after_five_wrong_guesses(fake: MailHost, step: VerifyEmail) -> None:
    journey = await shown(step, sign_up())
    code = fake.sent[0].code
    wrong = "000000" if code != "000000" else "111111"
    answers = [problem(await submit(step, journey, wrong)) for _ in range(6)]
    assert answers == ["mail.verify.wrong"] * 4 + ["mail.verify.spent"] * 2
    assert problem(await submit(step, journey, code)) == "mail.verify.spent"


async def test_a_code_is_of_one_journey_alone(fake: MailHost, step: VerifyEmail) -> None:
    await shown(step, sign_up())
    code = fake.sent[0].code
    assert isinstance(await submit(step, sign_up(), code), Refused)


async def test_a_code_proves_no_other_address_that_the_journey_turns_to(
    database: Database, fake: MailHost, step: VerifyEmail
) -> None:
    mine = await shown(step, sign_up())
    victims = msgspec.structs.replace(mine, claimed=Claimed(IdentifierKind.EMAIL, "victim@acme.example"), data={})
    assert isinstance(await step.show(CONTEXT, victims), StepView), "too soon for another mail"
    assert len(fake.sent) == 1
    assert problem(await submit(step, victims, fake.sent[0].code)) == "mail.verify.spent"
    await forget_limits(database)
    await step.show(CONTEXT, victims)
    assert isinstance(await submit(step, victims, fake.sent[0].code), Refused) or fake.sent[0].code == fake.sent[1].code


@pytest.mark.parametrize("code", ["", "x" * 5000, "\uff11\uff12\uff13\uff14\uff15\uff16", "' OR 1=1"])
async def test_odd_codes_are_wrong_codes(step: VerifyEmail, code: str) -> None:
    journey = await shown(step, sign_up())
    assert problem(await submit(step, journey, code)) == "mail.verify.wrong"


async def test_a_new_code_replaces_the_old_one_after_a_pause(
    database: Database, fake: MailHost, step: VerifyEmail
) -> None:
    journey = await shown(step, sign_up())
    refused = await submit(step, journey, action="resend")
    assert isinstance(refused, Refused)
    assert (problem(refused), refused.counts) == ("mail.verify.wait", False)
    await forget_limits(database)
    assert isinstance(await submit(step, journey, action="resend"), Again)
    first, second = fake.sent
    assert isinstance(await submit(step, journey, first.code), Refused) or first.code == second.code
    assert isinstance(await submit(step, journey, second.code), Done)


async def test_a_mailbox_is_not_flooded(database: Database, fake: MailHost, step: VerifyEmail) -> None:
    for _ in range(10):
        await step.show(CONTEXT, sign_up())
    assert len(fake.sent) == 6


async def test_another_width_of_the_same_letters_is_no_other_mailbox(fake: MailHost, step: VerifyEmail) -> None:
    for number in range(10):
        spelled = ADA.value.replace("ada", ("ada", "ADA", "\uff41da", "\U0001d586da")[number % 4])
        await step.show(CONTEXT, msgspec.structs.replace(sign_up(), claimed=Claimed(IdentifierKind.EMAIL, spelled)))
    assert len(fake.sent) == 6


async def test_one_source_writes_to_few_mailboxes(fake: MailHost, step: VerifyEmail) -> None:
    for number in range(62):
        claimed = Claimed(IdentifierKind.EMAIL, f"person{number}@example.org")
        await step.show(CONTEXT, msgspec.structs.replace(sign_up(), claimed=claimed))
    assert len(fake.sent) == 60


# ------------------------------------------------------------------ the link


def _secret(fake: MailHost) -> str:
    return fake.sent[-1].link.removeprefix("/verify-email/")


async def test_opening_a_link_changes_nothing_and_confirming_it_lets_the_journey_go_on_once(
    fake: MailHost, step: VerifyEmail, verification: Verification
) -> None:
    journey = await shown(step, sign_up())
    for _ in range(3):
        target = await verification.peek(CONTEXT, _secret(fake))
        assert target is not None
        assert target.address == ADA.value
    assert problem(await submit(step, journey, action="approved")) == "mail.verify.not_yet"
    assert await verification.approve(CONTEXT, _secret(fake))
    assert not await verification.approve(CONTEXT, _secret(fake))
    assert await submit(step, journey, action="approved") == Done(verified=(ADA,))
    assert problem(await submit(step, journey, action="approved")) == "mail.verify.not_yet"


async def test_a_confirmation_is_of_one_journey_and_one_tenant_and_ends(
    database: Database, fake: MailHost, step: VerifyEmail, verification: Verification
) -> None:
    journey = await shown(step, sign_up())
    assert not await verification.approve(msgspec.structs.replace(CONTEXT, tenant="other"), _secret(fake))
    assert await verification.approve(CONTEXT, _secret(fake))
    assert isinstance(await submit(step, sign_up(), action="approved"), Refused)
    other = msgspec.structs.replace(journey, claimed=Claimed(IdentifierKind.EMAIL, "eve@evil.example"))
    assert isinstance(await submit(step, other, action="approved"), Refused)
    await database.execute("UPDATE mail_approvals SET expires_at = now()")
    assert isinstance(await submit(step, journey, action="approved"), Refused)


@pytest.mark.parametrize("secret", ["", "x", "xverify_" + "0" * 49, "../../sign-in"])
async def test_a_link_that_was_never_made_confirms_nothing(verification: Verification, secret: str) -> None:
    assert await verification.peek(CONTEXT, secret) is None
    assert not await verification.approve(CONTEXT, secret)


# ------------------------------------------------------------------ an address that has an account


async def test_an_address_with_an_account_looks_the_same_and_only_its_owner_is_told(
    database: Database, fake: MailHost, step: VerifyEmail
) -> None:
    views = []
    for taken in (False, True):
        journey = sign_up(taken=taken)
        first = await step.show(CONTEXT, journey)
        assert isinstance(first, Again)
        wrong = await submit(step, remembering(journey, first), "000000x")
        again = await submit(step, remembering(journey, first), action="approved")
        views.append((first.view, first.remember, wrong, again))
    assert views[0] == views[1]
    told = fake.sent[1]
    assert (told.code, told.link, told.body[0].id) == ("", "/sign-in", "mail.verify.taken.body")


async def test_no_code_is_right_for_an_address_with_an_account(
    database: Database, fake: MailHost, host: Host, step: VerifyEmail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xenia.security.one_time.secrets.choice", lambda _digits: "7")
    journey = await shown(step, sign_up(taken=True))
    assert problem(await submit(step, journey, "777777")) == "mail.verify.wrong"
