"""What a journey still needs: one pure function over data. Plugins offer and may ask for more; only this policy decides what is enough.

It fails closed: what is required and offered by nobody makes the journey impossible, it never becomes a weaker sign-in.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from xenia.journeys.assurance import LEVELS, SECOND_FACTOR, achieved, factors_of, rank, strongest
from xenia.journeys.models import Goal, Journey, Need, NeedKind
from xenia.messages import Text
from xenia.sessions.models import Factor
from xenia.tenants.models import SignInSettings, SignUpMode


class MethodOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A method that is available to this journey now."""

    name: str
    factors: frozenset[Factor]
    primary: bool
    discoverable: bool = False


class EnrolmentOffer(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolment that is on for the tenant. ``resists_phishing``: what it makes may reach ``aal3``."""

    name: str
    second: bool
    sign_up: bool
    resists_phishing: bool = False


class Offers(msgspec.Struct, frozen=True, kw_only=True):
    """What plugins offer to a journey: methods, enrolments, the steps that say they are needed, and more needs from hooks.

    ``gates`` are steps that come before a guess, ``questions`` those that wait until nothing else is wanted.
    ``provided`` is what the steps of this tenant could fulfil, needed or not. ``has_second`` tells whether the person
    ever enrolled a second factor, whoever's: while it is so, a sign-in without one is refused. ``trusted_device``: but the
    person asked not to be asked for it in this browser, and the tenant lets them. ``before`` is the assurance of the
    weakest way in that a person who recovers an account has.
    """

    methods: tuple[MethodOffer, ...] = ()
    enrolments: tuple[EnrolmentOffer, ...] = ()
    steps: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    more: tuple[Need, ...] = ()
    provided: frozenset[str] = frozenset()
    has_second: bool = False
    trusted_device: bool = False
    before: str = ""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: by the tenant, of everybody and of people with certain roles, the application, the request, and a
    decision to step up, which says whether something may be set up for it, and why to the person.
    """

    @property
    def house_acr(self) -> str:
        """What the tenant asks of this person, whatever they want to use."""
        return strongest(self.settings.required_acr, self.role_acr)

    settings: SignInSettings
    application_acr: str = ""
    role_acr: str = ""
    step_up_acr: str = ""
    step_up_enrols: bool = False
    step_up_lead: Text | None = None


class Impossible(Exception):
    """Something is required that nobody here can provide."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


def acr_of_roles(settings: SignInSettings, roles: Collection[str]) -> str:
    """What the tenant asks of people with these roles; ``""`` = no more than of others."""
    if set(roles).intersection(settings.aal3_roles):
        return "aal3"
    return SECOND_FACTOR if set(roles).intersection(settings.aal2_roles) else ""


def target_acr(journey: Journey, policy: Policy, offers: Offers) -> str:
    """The assurance this journey must reach. An enrolled second factor is always asked for, or another one in place of a
    lost one; a recovery gives back no more than was there before; a request may only raise the bar.
    """
    asked = [value for value in journey.requirement.acr_values if value in LEVELS]
    if journey.requirement.acr_essential and not asked and journey.requirement.acr_values:
        raise Impossible("acr")
    wanted = min(asked, key=rank) if journey.requirement.acr_essential and asked else ""
    voluntary = asked[0] if asked and not journey.requirement.acr_essential else ""
    if voluntary and not _reachable(voluntary, offers):
        voluntary = ""
    if policy.step_up_acr and policy.step_up_acr not in LEVELS:
        raise Impossible("acr")
    own = SECOND_FACTOR if offers.has_second or journey.excused else offers.before
    house = () if _spared(journey, policy, offers) else (policy.house_acr, own)
    return strongest("aal1", *house, policy.application_acr, policy.step_up_acr, wanted, voluntary)


def _spared(journey: Journey, policy: Policy, offers: Offers) -> bool:
    """Whether a remembered device stands in for the second factor that the person or the tenant asks for at a sign-in.

    The session says truthfully what was proven. What a tenant asks for beyond a second factor is never spared.
    """
    modest = rank(policy.house_acr) <= rank(SECOND_FACTOR)
    return offers.trusted_device and offers.has_second and modest and journey.goal is Goal.SIGN_IN


def _reachable(acr: str, offers: Offers) -> bool:
    """Whether a voluntary wish can be met at all: a second factor exists, or can be enrolled on the way."""
    if rank(acr) <= 1:
        return True
    return rank(acr) == 2 and (offers.has_second or any(offer.second for offer in offers.enrolments))


def next_need(journey: Journey, policy: Policy, offers: Offers) -> Need | None:
    """The next thing this journey needs, or ``None`` when a session may begin. Raises :class:`Impossible`."""
    need = _next_need(journey, policy, offers)
    if offers.gates and (journey.proofs or _is_guessed_at(need, journey)):
        return Need(kind=NeedKind.STEP, name=offers.gates[0], reason="before a guess")
    return need


def _is_guessed_at(need: Need | None, journey: Journey) -> bool:
    """Whether a robot could come for this: a proof, or a new account."""
    kind = need.kind if need else None
    return kind is NeedKind.PROVE or (kind is NeedKind.ENROL and journey.goal is Goal.SIGN_UP)


def _next_need(journey: Journey, policy: Policy, offers: Offers) -> Need | None:
    if journey.goal is Goal.SIGN_UP and policy.settings.sign_up is not SignUpMode.OPEN:
        raise Impossible("sign_up")
    if journey.claimed is None and journey.user_id is None:
        return _identity(journey, offers)
    if journey.goal is Goal.SIGN_UP:
        return _sign_up_need(journey, policy, offers)
    if not journey.proofs:
        return _first_proof(offers)
    if need := _assurance(journey, policy, offers):
        return need
    if need := _fulfil(journey, policy, offers):
        return need
    if journey.enrolment and journey.enrolment not in journey.done:
        return _enrol((journey.enrolment,), offers, "asked for")
    return _way_in(journey, offers) if journey.goal is Goal.RECOVER else None


def _way_in(journey: Journey, offers: Offers) -> Need | None:
    """Another way in, for who lost the one they had."""
    names = _first_credentials(offers)
    return None if set(names).intersection(journey.done) else _enrol(names, offers, "a way in")


def _identity(journey: Journey, offers: Offers) -> Need:
    """Who somebody is: told by a method that finds out itself, where that was chosen, else by an identifier."""
    finding = tuple(offer.name for offer in offers.methods if offer.primary and offer.discoverable)
    if journey.goal is not Goal.SIGN_UP and journey.method in finding:
        return Need(kind=NeedKind.PROVE, any_of=(journey.method,), reason="who are you")
    return Need(kind=NeedKind.IDENTIFY, any_of=() if journey.goal is Goal.SIGN_UP else finding, reason="who are you")


def _sign_up_need(journey: Journey, policy: Policy, offers: Offers) -> Need | None:
    if not journey.proofs:
        return _enrol(_first_credentials(offers), offers, "a first credential")
    return _fulfil(journey, policy, offers) or _assurance(journey, policy, offers)


def _first_credentials(offers: Offers) -> tuple[str, ...]:
    """What is also a second factor comes after what is only a first one: it may need a device that isn't at hand."""
    possible = sorted((offer for offer in offers.enrolments if offer.sign_up), key=lambda offer: offer.second)
    return tuple(offer.name for offer in possible)


def _primary(offers: Offers) -> tuple[str, ...]:
    """What may come first. What finds out by itself stood beside the identifier already, so it comes last."""
    found = sorted((offer for offer in offers.methods if offer.primary), key=lambda offer: offer.discoverable)
    return tuple(offer.name for offer in found)


def suits(offer: MethodOffer, journey: Journey) -> bool:
    """Whether this policy could ask for a method at all: first for what may come first, then for what adds a factor.
    Others needn't be asked whether they are available.
    """
    if not journey.proofs:
        return offer.primary
    used = {proof.method for proof in journey.proofs}
    return offer.name not in used and bool(offer.factors - factors_of(journey.proofs))


def _first_proof(offers: Offers) -> Need:
    if not (primary := _primary(offers)):
        raise Impossible("method")
    return Need(kind=NeedKind.PROVE, any_of=primary, reason="a first proof")


def _assurance(journey: Journey, policy: Policy, offers: Offers) -> Need | None:
    """Another proof until the target is reached; a new factor only for a person who never had a second one, or who lost it."""
    target, reached = target_acr(journey, policy, offers), rank(achieved(journey.proofs))
    if reached >= rank(target):
        return None
    more = tuple(offer.name for offer in offers.methods if suits(offer, journey))
    if more and not journey.excused:
        return Need(kind=NeedKind.PROVE, any_of=more, reason=target, lead=policy.step_up_lead)
    doubted = bool(policy.step_up_acr) and not policy.step_up_enrols and not journey.excused
    if doubted or reached < rank(offers.before) or not _may_enrol(reached, target, policy, offers):
        raise Impossible("factor")
    if journey.goal is not Goal.SIGN_UP and (need := _fulfil(journey, policy, offers, questions=False)):
        return need
    wanted = [offer for offer in offers.enrolments if offer.second]
    if rank(target) > rank(SECOND_FACTOR):
        wanted = [offer for offer in wanted if offer.resists_phishing]
    enrol = _enrol(tuple(offer.name for offer in wanted), offers, target)
    return msgspec.structs.replace(enrol, lead=policy.step_up_lead)


def _may_enrol(reached: int, target: str, policy: Policy, offers: Offers) -> bool:
    """Whether a missing factor may be set up on the way: by who has none; beyond a second one, where the tenant asks this
    person for it, by who has shown all they have (NIST SP 800-63B-4 section 4.1.2).
    """
    if rank(target) <= rank(SECOND_FACTOR):
        return not offers.has_second
    is_of_house = rank(policy.house_acr) >= rank(target) and rank(target) < len(LEVELS)
    return is_of_house and (not offers.has_second or reached >= rank(SECOND_FACTOR))


def _enrol(wanted: tuple[str, ...], offers: Offers, reason: str) -> Need:
    known = {offer.name for offer in offers.enrolments}
    if not (possible := tuple(name for name in wanted if name in known)):
        raise Impossible("enrolment")
    return Need(kind=NeedKind.ENROL, any_of=possible, reason=reason)


def _fulfil(journey: Journey, policy: Policy, offers: Offers, *, questions: bool = True) -> Need | None:
    """Steps that plugins say are needed, and needs that hooks added. ``questions``: what may be declined is asked too."""
    if policy.settings.verified_email and journey.goal is Goal.SIGN_UP and "verified_email" not in offers.provided:
        raise Impossible("verified_email")
    for name in (*offers.steps, *(offers.questions if questions else ())):
        if name not in journey.done:
            return Need(kind=NeedKind.STEP, name=name, reason="offered")
    more = (need for need in offers.more if need.name not in journey.done)
    return next((need for need in more if questions or not need.optional), None)
