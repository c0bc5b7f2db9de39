"""A journey: one visitor's way to a goal, as data. What was proven, what is still needed, and where to resume.

::

    start -> identify -> prove (until the assurance asked for is reached) -> decide -> fulfil -> session -> resume the
    protocol
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from xenia.context import Context
from xenia.credentials.models import NewCredential
from xenia.messages import Text
from xenia.sessions.models import Proof
from xenia.ui import StepView
from xenia.users.models import IdentifierKind


class Goal(StrEnum):
    """What the visitor wants."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    STEP_UP = "step_up"
    ENROL = "enrol"
    RECOVER = "recover"


class Claimed(msgspec.Struct, frozen=True):
    """An identifier as it was typed: claimed, not proven."""

    kind: IdentifierKind
    value: str


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """What a protocol asks of a sign-in (OpenID Connect Core section 3.1.2.1; RFC 9470).

    ``max_age`` is in seconds. ``user_id`` is whom the request is about (``id_token_hint``). ``interactive`` is false
    for ``prompt=none``.
    """

    application: str | None = None
    acr_values: tuple[str, ...] = ()
    acr_essential: bool = False
    max_age: int | None = None
    login: bool = False
    sign_up: bool = False
    interactive: bool = True
    login_hint: str = ""
    ui_locales: str = ""
    user_id: UUID | None = None


class Resume(msgspec.Struct, frozen=True):
    """Where to go on when the goal is reached: a protocol's name and that protocol's own request.

    ``leads_to`` in the data is the origin (or an application's scheme) that the protocol will send the browser to: the
    policy of the journey's pages must name it, since browsers apply ``form-action`` to the redirect after a form.
    """

    protocol: str
    data: dict[str, Any] = {}


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """The user that a sign-up will create when everything is proven. ``taken``: the address has an account already;
    nobody is told.
    """

    taken: bool = False
    attributes: dict[str, Any] = {}
    credentials: tuple[NewCredential, ...] = ()


class NeedKind(StrEnum):
    """The kinds of thing a journey may still need."""

    IDENTIFY = "identify"
    PROVE = "prove"
    ENROL = "enrol"
    STEP = "step"


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """One thing still needed, by name, and why. ``any_of`` are the methods or enrolments that would do, in order of
    preference. ``lead`` tells the person why, in place of the page's own lead. What is ``optional`` may be left by saying “not now”;
    its ``name`` is then in ``Journey.done``, and it isn't asked for again on this journey.
    """

    kind: NeedKind
    name: str = ""
    any_of: tuple[str, ...] = ()
    reason: str = ""
    lead: Text | None = None
    optional: bool = False


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one journey. ``data`` holds what each plugin asked to remember, under the plugin's step, method or
    enrolment name. ``counted_as`` names the count of its last attempt, where that isn't the account's. ``can`` is what the browser
    says of itself (``passkey``): a hint for what is worth offering, never evidence. ``handle`` is its address now, known
    here (sealed at rest) to lead on whoever comes with the one before. ``excused`` are lost credentials that this journey
    doesn't ask for (:class:`Excused`). ``step_up_lead`` and ``step_up_reason`` say why a decision asked for more: to the person, and to the log.
    """

    id: UUID
    tenant: str
    goal: Goal
    started_at: datetime
    requirement: Requirement = Requirement()
    resume: Resume = Resume("account")
    claimed: Claimed | None = None
    user_id: UUID | None = None
    session_id: UUID | None = None
    proofs: tuple[Proof, ...] = ()
    verified: tuple[Claimed, ...] = ()
    done: tuple[str, ...] = ()
    method: str = ""
    enrolment: str = ""
    draft: Draft | None = None
    step_up_acr: str = ""
    step_up_enrols: bool = False
    step_up_lead: Text | None = None
    step_up_reason: str = ""
    counted_as: str = ""
    data: dict[str, dict[str, Any]] = {}
    can: tuple[str, ...] = ()
    locale: str = ""
    handle: str = ""
    excused: tuple[UUID, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether something was proven, in this journey or by the session that it goes on from."""
        return bool(self.proofs) or self.session_id is not None

    def remembered(self, name: str) -> dict[str, Any]:
        """What the step, method or enrolment ``name`` asked to remember."""
        return self.data.get(name, {})


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """The method is convinced: this user, by this proof. ``remember`` as in :class:`Again`."""

    user_id: UUID
    proof: Proof
    remember: dict[str, Any] | None = None


class Excused(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing was proven, but these credentials of the person are lost, and this journey doesn't ask for them.

    It must end with another second factor, enrolled on the way; they are removed in the transaction that stores it. So
    nothing is taken from somebody whose journey is never finished.
    """

    credentials: tuple[UUID, ...]
    remember: dict[str, Any] | None = None


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Not convinced: sentences by field (``""`` = the whole form). The attempt was counted before it was judged;
    ``counts=False`` says that nothing was guessed (an empty field) and gives the place back. ``remember`` as in :class:`Again`.
    """

    errors: dict[str, Text]
    counts: bool = True
    remember: dict[str, Any] | None = None


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """Show another view of the same step and remember something for it (``None`` keeps what is remembered).

    Without a ``view`` the step's own is asked for again. ``counts=False``: nothing was guessed (a part was chosen, a code sent anew),
    so that it is no attempt.
    """

    view: StepView | None = None
    remember: dict[str, Any] | None = None
    counts: bool = True


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The step is done. ``verified`` identifiers and ``attributes`` go to the user, or to the draft of a sign-up;
    ``credentials`` are stored for the person in the same transaction (not in a sign-up, which has enrolments for that).
    """

    verified: tuple[Claimed, ...] = ()
    attributes: dict[str, Any] = {}
    credentials: tuple[NewCredential, ...] = ()
    remember: dict[str, Any] | None = None


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """The enrolment is complete: the journey stores ``credentials`` and then shows ``view`` (recovery codes), if any.

    ``stored`` is awaited in the transaction that stores them, with the user they belong to: what must happen together
    with it (other sessions end, an event, a notice). In a sign-up there is nothing to follow, and it isn't called.

    ``claims`` are what another party says of whoever comes with the credential (a provider's ID token). Where they are
    given the credential is an outside identity, and ``link_identity`` is asked before it belongs to a person who was
    there before.

    ``proof`` is what was shown on the way, where that is more or less than what the method of the same name always
    shows.
    """

    credentials: tuple[NewCredential, ...]
    proof: Proof | None = None
    claims: Mapping[str, Any] | None = None
    view: StepView | None = None
    stored: Callable[[Context, UUID], Awaitable[None]] | None = None


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """One plugin's word on a guess before it is counted or judged.

    ``wait`` (whole seconds) refuses it, in the words of the house's own limits. ``first``: a step that comes before guesses
    (:class:`~xenia.journeys.contracts.GateStep`) is to be done, and says now that it is needed. ``judged`` is awaited when the guess was
    looked at, with whether it was wrong; ``None`` where nothing was guessed.
    """

    wait: int = 0
    first: bool = False
    judged: Callable[[bool | None], Awaitable[None]] | None = None


class LoginAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """What ``authorize_login`` is asked about: a person who has proven enough, on the way to an application.

    ``journey`` is the same when it is asked again after a step-up. Address, user agent and browser are the context's
    ``source``.
    """

    user_id: UUID
    application: str | None
    acr: str
    proofs: tuple[Proof, ...]
    goal: Goal
    journey: UUID | None = None
    roles: tuple[str, ...] = ()


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """What a risk signal saw: ``score`` from 0 (as always) to 1 (nothing like it before), and why, in a sentence.

    ``facts`` are what the score was made of: kept with a decision, they let another policy judge the same sign-in later.
    """

    score: float
    reason: Text
    facts: dict[str, str | int | float | bool] = {}


class Verdict(StrEnum):
    """Answers to a sign-in: deny beats step-up, step-up beats allow."""

    ALLOW = "allow"
    STEP_UP = "step_up"
    DENY = "deny"


class LoginDecision(msgspec.Struct, frozen=True, kw_only=True):
    """One plugin's answer to a sign-in, with its reason for the audit and, when denied, a sentence for the person.

    A step-up asks for what the person has, until ``acr`` is reached. Only with ``may_enrol`` may somebody who has nothing more set
    something up now: whoever stole a password would enrol a factor of their own. ``public`` is then the lead of the step that follows.
    """

    verdict: Verdict
    reason: str
    acr: str = "aal2"
    may_enrol: bool = False
    public: Text | None = None

    def __post_init__(self) -> None:
        if self.verdict is Verdict.STEP_UP and not self.acr:  # every proof reaches it, so that nothing would be asked
            raise ValueError("a step-up says what it must reach, such as aal2")


class Outcome(StrEnum):
    """Why a silent request (``prompt=none``) can't be answered (OpenID Connect Core section 3.1.2.6)."""

    LOGIN_REQUIRED = "login_required"
    INTERACTION_REQUIRED = "interaction_required"
