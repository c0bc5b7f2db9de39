"""The three contracts that carry most plugins, and what a protocol may ask of journeys.

A plugin's module ends with a typed assignment under ``TYPE_CHECKING`` that makes the type checker prove the contract::

    if TYPE_CHECKING:
        _: AuthMethod = TotpMethod(...)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

import msgspec
from litestar.connection import Request
from litestar.response import Response

from xenia.context import Context
from xenia.journeys.models import (
    Again,
    Done,
    Enrolled,
    Excused,
    Goal,
    Journey,
    LoginAttempt,
    Observation,
    Outcome,
    Proven,
    Refused,
    Requirement,
    Resume,
)
from xenia.messages import Text
from xenia.sessions.models import Factor, Session
from xenia.ui import StepView

Form = Mapping[str, str]


class AuthMethod(Protocol):
    """A way to prove who one is.

    ``name`` is unique over all plugins and never changes. ``factors`` is the evidence it gives, ``amr`` its RFC 8176
    values; ``primary`` says that it may come first, before anything else was proven. ``label`` is what its button says.
    The journey counts attempts before ``complete`` is called and clears the count only when a session begins, so a
    method needs no limits of its own.
    """

    name: str
    factors: frozenset[Factor]
    amr: tuple[str, ...]
    primary: bool
    label: Text
    icon: str

    async def available(self, context: Context, journey: Journey) -> bool:
        """Whether it can be offered. Before a proof the answer may depend on tenant and device, never on whether the
        account exists.
        """
        ...

    async def begin(self, context: Context, journey: Journey) -> StepView | Again:
        """The view that asks for it (``Again`` with ``remember`` where something was made or sent).
        ``journey.user_id`` is ``None`` for an unknown account: the view must be the same.
        """
        ...

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused | Again | Excused:
        """Judge what was posted. For an unknown account: the same work, the same time, refused."""
        ...


class DiscoverableMethod(AuthMethod, Protocol):
    """A method that finds out by itself who somebody is: a passkey, another provider.

    Where ``discoverable`` is true it is offered beside the field for the identifier, and asked with a journey in which
    nobody is claimed.
    """

    discoverable: bool


class SendingMethod(AuthMethod, Protocol):
    """A method whose first view sends something: a mail, a text message.

    Where ``sends`` is true it is offered after the methods that send nothing, so that nothing goes out before somebody
    chose it.
    """

    sends: bool


class UnguessableMethod(AuthMethod, Protocol):
    """A method that nobody gets right by trying: a signature, a link of 256 random bits.

    Where ``guessable`` is false ``admit_attempt`` isn't asked about it.
    """

    guessable: bool


class StepKind(Protocol):
    """Something else to be done on the way: verify an address, accept terms, answer a question.

    ``provides`` names what it fulfils, so that a policy that requires it fails closed when nobody provides it.
    """

    name: str
    provides: frozenset[str]

    async def needed(self, context: Context, journey: Journey) -> bool:
        """Whether this journey needs it. Asked at each transition, so it must be cheap."""
        ...

    async def show(self, context: Context, journey: Journey) -> StepView | Again:
        """The view. May be asked for again: what had an effect (a mail was sent) is returned as ``Again`` with
        ``remember``.
        """
        ...

    async def submit(self, context: Context, journey: Journey, form: Form) -> Done | Refused | Again:
        """Judge what was posted."""
        ...


class GateStep(StepKind, Protocol):
    """A step that comes before a guess: before a method is shown, and before the first credential of a sign-up.

    Where ``gate`` is true ``needed`` is asked as soon as somebody claims an identifier, and may say so again and again; after a proof
    it comes before everything else.
    """

    gate: bool


class QuestionStep(StepKind, Protocol):
    """A step that may be declined: an offer, a question.

    Where ``question`` is true it waits until everything that is demanded is there: whoever has to set up a second factor
    isn't asked first whether they would like to.
    """

    question: bool


class Enrolment(Protocol):
    """How a person gets a credential: a password, an authenticator app, a passkey.

    ``second``: what it makes counts as a second factor (its credentials say so too), and every sign-in asks for two different factors
    from then on. So its method shows more than what is known: a PIN beside a password would keep its owner out for ever.
    ``sign_up``: it can be the first credential of a new account. ``kind`` is the kind of the credentials it makes.

    Where a method of the same name exists, completing the enrolment counts as that method's proof. One that sends something
    says ``sends = True`` and is offered last, as such a method is. A second factor of which a person has but one says
    ``replaces = True``.
    """

    name: str
    kind: str
    second: bool
    sign_up: bool
    label: Text
    hint: Text
    icon: str

    async def begin(self, context: Context, journey: Journey) -> StepView | Again:
        """The view that asks for it; ``Again`` with ``remember`` keeps a secret made now for ``complete`` (it is
        sealed at rest).
        """
        ...

    async def complete(self, context: Context, journey: Journey, form: Form) -> Enrolled | Refused | Again:
        """Judge what was posted and hand over the credentials. In a sign-up there is no user yet: ``journey.draft``
        is set.
        """
        ...


class ResistantEnrolment(Enrolment, Protocol):
    """An enrolment of keys that give nothing to a false page, and may be bound to one device.

    Where ``resists_phishing`` is true it is offered to whom a tenant asks for ``aal3``.
    """

    resists_phishing: bool


class PreparedEnrolment(Enrolment, Protocol):
    """An enrolment that nobody can complete before the tenant prepared something: a provider of text messages.

    Where ``ready`` answers ``False`` it is offered to nobody. Credentials that were made before stay as they are.
    """

    async def ready(self, context: Context) -> bool:
        """Whether it can be completed now. Asked at each transition, so it must be cheap."""
        ...


class RiskSignal(Protocol):
    """One thing to look at in a sign-in: the device, the place, the hour.

    It only observes. What follows is up to whoever answers ``authorize_login``, who reads every signal of the tenant's
    plugins by ``host.risk_signals(context)`` and shares that hook's time limit among them.
    """

    name: str

    async def observe(self, context: Context, attempt: LoginAttempt) -> Observation | None:
        """What was seen, or ``None`` where there is nothing to say (no history yet). Changes nothing."""
        ...


class ProtocolHandler(Protocol):
    """A protocol that people come from and go back to.

    ``settings`` is what it keeps with each application: the section ``[applications.<name>]`` of the tenant document.
    """

    name: str
    settings: type[msgspec.Struct] | None

    async def resume(
        self, context: Context, data: Mapping[str, Any], session: Session, request: Request[Any, Any, Any]
    ) -> Response[Any]:
        """Go on with that protocol's own request, now that ``session`` satisfies it."""
        ...

    async def abandon(
        self, context: Context, data: Mapping[str, Any], request: Request[Any, Any, Any]
    ) -> Response[Any]:
        """The person turned back: tell the application in the protocol's form."""
        ...


@runtime_checkable
class Cautious(Protocol):
    """A protocol handler that knows what an application may do that a new one should not."""

    def weaknesses(self, part: Mapping[str, Any]) -> tuple[Text, ...]:
        """What to warn of where an application with this part is shown."""
        ...


class Journeys(Protocol):
    """What protocol plugins and account pages ask for."""

    async def require(
        self, request: Request[Any, Any, Any], requirement: Requirement, resume: Resume
    ) -> Session | Response[Any] | Outcome:
        """A session that satisfies ``requirement``; else the way to one (a redirect into a journey), or why silence
        is impossible.
        """
        ...

    async def start(
        self,
        request: Request[Any, Any, Any],
        goal: Goal,
        resume: Resume,
        requirement: Requirement = ...,
        enrolment: str = "",
        proven: Proven | None = None,
    ) -> Response[Any]:
        """Begin a journey and go to its first page. ``proven`` is what was shown on the way to a recovery, such as the
        mailbox by the link in a mail: the journey begins with it.
        """
        ...

    async def session(self, request: Request[Any, Any, Any]) -> Session | None:
        """Who is signed in in this browser, in this tenant."""
        ...

    async def go_on(self, request: Request[Any, Any, Any], journey_id: UUID, form: Form) -> Response[Any] | None:
        """Post a form to a journey from a page outside of it, such as the one behind a link in a mail; where that leads.
        ``None`` where the journey is over, or another browser began it.
        """
        ...

    async def sign_out(self, request: Request[Any, Any, Any], *, reason: str) -> Session | None:
        """End this browser's session with every grant beneath it; returns what was ended. The answer drops the
        cookie.
        """
        ...
