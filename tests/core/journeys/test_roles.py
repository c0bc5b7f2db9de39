"""A second factor for some roles: set up at the first sign-in after the rule, and asked for from then on; and by one's own choice."""

from __future__ import annotations

from collections.abc import Collection

import httpx2
import pytest

from tests.core.journeys.test_requirements import required
from tests.core.journeys.test_transitions import KEY
from tests.core.journeys.world import sessions, signed_in, with_password
from xenia.clock import FrozenClock
from xenia.journeys.assurance import rank
from xenia.journeys.models import Goal, Requirement
from xenia.journeys.policy import EnrolmentOffer, Impossible, MethodOffer, Offers, Policy, acr_of_roles, next_need
from xenia.sessions.models import Factor, Proof, Session
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App
from xenia.testing.people import a_journey
from xenia.users.models import User
from xenia_totp.codes import code_at, step_of


def seed_on(page: httpx2.Response) -> str:
    """The key that an app is set up with."""
    found = KEY.search(page.text)
    assert found, page.text
    return found[1].replace(" ", "")


RULE = SignInSettings(verified_email=False, aal2_roles=("staff", "boss"), aal3_roles=("boss",))


@pytest.fixture
async def staff(app: App, ada: User) -> User:
    """Ada is staff, and the rule holds."""
    await app.kernel.users.set_roles(app.context, ada.id, ("staff",))
    await app.kernel.config.put(app.context, SignInSettings, RULE)
    return ada


async def test_the_first_sign_in_after_the_rule_sets_one_up(app: App, staff: User, clock: FrozenClock) -> None:
    browser, page = await with_password(app)
    assert await sessions(app, staff) == ()
    seed = seed_on(page)
    page = await browser.submit(page, code=code_at(seed, step_of(clock.now())), label="Phone")
    page = await browser.submit(page, action="")
    assert page.url.path == "/t/acme/account"
    assert [one.acr for one in await sessions(app, staff)] == ["aal2"]


async def test_others_need_none(app: App, staff: User) -> None:
    await app.kernel.users.set_roles(app.context, staff.id, ("buyer",))
    await signed_in(app)


async def test_a_session_from_before_the_rule_isn_t_enough_for_an_application(app: App, ada: User) -> None:
    browser = await signed_in(app)
    assert isinstance(await required(app, browser, Requirement()), Session)
    await app.kernel.users.set_roles(app.context, ada.id, ("staff",))
    await app.kernel.config.put(app.context, SignInSettings, RULE)
    assert not isinstance(await required(app, browser, Requirement()), Session)


async def test_a_rule_that_is_taken_back_asks_for_nothing(app: App, staff: User) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(verified_email=False))
    await signed_in(app)


async def test_whoever_sets_one_up_by_choice_is_asked_for_it(app: App, ada: User, clock: FrozenClock) -> None:
    browser = await signed_in(app)
    page = await browser.post("/account/enrol/totp", {})
    await browser.submit(page, code=code_at(seed_on(page), step_of(clock.now())), label="Phone")
    _, page = await with_password(app)
    assert 'name="code"' in page.text


# -- the policy

KNOWN, HAS, IS = Factor.KNOWLEDGE, Factor.POSSESSION, Factor.INHERENCE
APP = EnrolmentOffer(name="totp", second=True, sign_up=False)
STRONG = EnrolmentOffer(name="security_key", second=True, sign_up=False, resists_phishing=True)


@pytest.mark.parametrize(
    ("roles", "acr"),
    [((), ""), (("buyer",), ""), (("buyer", "staff"), "aal2"), (("boss",), "aal3"), (("staff", "boss"), "aal3")],
)
def test_the_strongest_role_counts(roles: Collection[str], acr: str) -> None:
    assert acr_of_roles(RULE, roles) == acr


def proofs(app: App, *factors: Factor) -> tuple[Proof, ...]:
    at = app.kernel.clock.now()
    return tuple(Proof(method=one, factors=frozenset({one}), amr=(), at=at) for one in factors)


async def test_a_key_is_set_up_by_who_must_have_one(app: App, ada: User) -> None:
    policy = Policy(settings=RULE, role_acr="aal3")
    need = next_need(a_journey(app, ada, proofs=proofs(app, KNOWN)), policy, Offers(enrolments=(APP, STRONG)))
    assert need
    assert need.any_of == ("security_key",)


async def test_whoever_has_a_factor_shows_it_before_a_key_is_set_up(app: App, ada: User) -> None:
    policy = Policy(settings=RULE, role_acr="aal3")
    totp = MethodOffer(name="totp", factors=frozenset({HAS}), primary=False)
    offers = Offers(methods=(totp,), enrolments=(APP, STRONG), has_second=True)
    need = next_need(a_journey(app, ada, proofs=proofs(app, KNOWN)), policy, offers)
    assert need
    assert need.any_of == ("totp",)
    need = next_need(a_journey(app, ada, proofs=proofs(app, KNOWN, HAS)), policy, offers)
    assert need
    assert need.any_of == ("security_key",)
    lost = Offers(enrolments=(APP, STRONG), has_second=True)
    with pytest.raises(Impossible):
        next_need(a_journey(app, ada, proofs=proofs(app, KNOWN)), policy, lost)


async def test_what_an_application_asks_beyond_two_factors_is_never_set_up_on_the_way(app: App, ada: User) -> None:
    policy = Policy(settings=SignInSettings(), application_acr="aal3")
    with pytest.raises(Impossible):
        next_need(a_journey(app, ada, proofs=proofs(app, KNOWN)), policy, Offers(enrolments=(STRONG,)))


async def test_a_remembered_device_spares_two_factors_and_no_key(app: App, ada: User) -> None:
    known = Offers(has_second=True, trusted_device=True)
    journey = a_journey(app, ada, proofs=proofs(app, KNOWN), goal=Goal.SIGN_IN)
    assert next_need(journey, Policy(settings=RULE, role_acr="aal2"), known) is None
    with pytest.raises(Impossible):
        next_need(journey, Policy(settings=RULE, role_acr="aal3"), known)
    assert rank("aal3") > rank("aal2")
