"""Every hook, in the order of the application's life. The docstring is the contract.

Three kinds, told apart by name:

* ``register_*`` -- contributions. Called once at start, in requirement order, with the host. They return typed objects with
  async methods; at run time a capability is a look-up. Duplicate names stop the start.
* verb phrases -- decisions. Asked at run time, only of plugins that are on for the context's tenant, one at a time, never
  inside a transaction. Each states its time limit, how several answers become one, and the answer on failure. They may be
  ``async def``. An implementation names only the arguments that it uses: ``host``, ``context`` and those of the hook.
* ``page_slot``, ``nav_items``, ``template_context`` -- parts of pages. Synchronous.

Reactions (mail, webhooks, provisioning) are subscribers to events, never hooks in the request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pluggy
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler

from xenia.access.models import ActionRequest, Decision, Permission, ScopeSet
from xenia.context import Context
from xenia.credentials.contracts import PasswordCheck
from xenia.events.contracts import Subscriber
from xenia.events.models import EventType
from xenia.http.models import ConsoleSessions, HotRoute
from xenia.jobs.models import Job
from xenia.journeys.contracts import AuthMethod, Enrolment, ProtocolHandler, RiskSignal, StepKind
from xenia.journeys.models import Admission, Journey, LoginAttempt, LoginDecision, Need
from xenia.management.operations import Noun
from xenia.messages import Sentences, Text
from xenia.notify.contracts import Channel
from xenia.notify.models import NoticeLink, Outgoing
from xenia.pages import Command, HealthCheck, NavItem, PersonalData, SlotPart
from xenia.plugin.host import Host
from xenia.sessions.models import Session
from xenia.tokens.models import AccessClaims
from xenia.ui import Renderer
from xenia.users.models import NewUser, User

PROJECT = "xenia"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


# ------------------------------------------------------------------ contributions


@hookspec
def register_hookspecs() -> Sequence[Any]:
    """Modules or classes with hook specifications of the plugin's own. Called before everything else; dispatched with
    ``host.hooks.answers``.
    """
    raise AssertionError


@hookspec
def register_messages() -> Mapping[str, Sentences]:
    """The plugin's sentences by language: usually ``read_locales(Path(__file__).parent / "locales")``."""
    raise AssertionError


@hookspec
def register_events() -> Sequence[EventType]:
    """The kinds of event the plugin records. An event of an unregistered kind is refused."""
    raise AssertionError


@hookspec
def register_permissions() -> Sequence[Permission]:
    """The permissions the plugin asks for; they are API scopes and parts of roles."""
    raise AssertionError


@hookspec
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    """Ways to prove who one is."""
    raise AssertionError


@hookspec
def register_enrolments(host: Host) -> Sequence[Enrolment]:
    """Ways to get a credential, in sign-up and on the account's security page."""
    raise AssertionError


@hookspec
def register_journey_steps(host: Host) -> Sequence[StepKind]:
    """Other steps of a journey."""
    raise AssertionError


@hookspec
def register_protocols(host: Host) -> Sequence[ProtocolHandler]:
    """Protocols that journeys resume."""
    raise AssertionError


@hookspec
def register_claim_sources(host: Host) -> Sequence[Any]:
    """Sources of claims about a user: objects with ``names: frozenset[str]`` and ``async claims(context, user,
    wanted) -> dict``.
    """
    raise AssertionError


@hookspec
def register_password_checks(host: Host) -> Sequence[PasswordCheck]:
    """Checks of a new password. A check runs where its plugin is on, whoever asks for the password."""
    raise AssertionError


@hookspec
def register_risk_signals(host: Host) -> Sequence[RiskSignal]:
    """What can be seen of a sign-in. Whoever answers ``authorize_login`` reads them all by ``host.risk_signals``. The sentence
    ``signal.<name>`` says to administrators what it is called.
    """
    raise AssertionError


@hookspec
def register_channels(host: Host) -> Sequence[Channel]:
    """Carriers of messages: e-mail, SMS, push."""
    raise AssertionError


@hookspec
def register_directories(host: Host) -> Sequence[Any]:
    """Outside directories of users (LDAP, Active Directory): objects with a ``name``, read by ``host.directories``."""
    raise AssertionError


@hookspec
def register_connectors(host: Host) -> Sequence[Any]:
    """Connectors for workflows: objects with a ``name``, read by ``host.connectors``."""
    raise AssertionError


@hookspec
def register_nouns(host: Host) -> Sequence[Noun]:
    """What the management API can do with the plugin's things, and which permissions it asks for. Served and described by the plugin
    ``api`` where both are on; without it nobody reaches them.
    """
    raise AssertionError


@hookspec
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    """Litestar route handlers. Each has ``opt={"guard": ...}``; a route of a plugin that is off answers 404 to every
    method.
    """
    raise AssertionError


@hookspec
def register_hot_routes(host: Host) -> Sequence[HotRoute]:
    """Endpoints that are served before the framework."""
    raise AssertionError


@hookspec
def register_console_sessions(host: Host) -> Sequence[ConsoleSessions]:
    """How an administrator in the console is known (the console plugin)."""
    raise AssertionError


@hookspec
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    """Export, erase and move of a person's data: required of any plugin with a user column."""
    raise AssertionError


@hookspec
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    """Reactions to events."""
    raise AssertionError


@hookspec
def register_jobs(host: Host) -> Sequence[Job]:
    """Deferred and periodic work."""
    raise AssertionError


@hookspec
def register_commands(host: Host) -> Sequence[Command]:
    """Commands of the plugin: ``xenia <plugin> <command>``."""
    raise AssertionError


@hookspec
def register_health_checks(host: Host) -> Sequence[HealthCheck]:
    """Checks for readiness and for ``xenia doctor``."""
    raise AssertionError


@hookspec
def register_renderer(host: Host) -> Sequence[Renderer]:
    """Who draws pages. At most one; without any, pages answer as JSON."""
    raise AssertionError


# ------------------------------------------------------------------ decisions


@hookspec
async def route_login(host: Host, context: Context, identifier: str, journey: Journey) -> Sequence[str] | None:
    """Which methods this identifier should be led to (home-realm discovery). Limit 2 s. The first answer wins; on
    failure: no answer.
    """
    raise AssertionError


@hookspec
async def plan_journey(host: Host, context: Context, journey: Journey) -> Sequence[Need] | None:
    """More that this journey needs. Limit 2 s. All answers add up: a plugin may ask for more, never for less; on
    failure: refuse.
    """
    raise AssertionError


@hookspec
async def authorize_login(host: Host, context: Context, attempt: LoginAttempt) -> LoginDecision | None:
    """May this person, who has proven enough, sign in? Limit 2 s. Deny beats step-up beats allow; on failure: step
    up.
    """
    raise AssertionError


@hookspec
async def trusts_device(host: Host, context: Context, user_id: UUID) -> bool | None:
    """Did this person ask that no second factor be asked for in this browser (``context.source.browser``)? Limit 1 s.

    It spares what the person and the tenant ask for, never what an application, a request or a decision asks for. Somebody
    must say ``True``, any ``False`` wins; on failure: no.
    """
    raise AssertionError


@hookspec
async def admit_attempt(host: Host, context: Context, journey: Journey) -> Admission | None:
    """May this guess be looked at now? Asked once for each guess, before it is counted or judged; not for a method that
    can't be guessed at. Limit 5 s.

    A wait beats a step that comes first, and that beats nothing; all who answer are told how the guess was judged; on failure:
    nothing is looked at, and whoever guessed is asked to come back, so that a flood is no way around it.
    """
    raise AssertionError


@hookspec
async def counts_apart(host: Host, context: Context, journey: Journey) -> str | None:
    """A name for a count of its own, as large as the account's, in which this attempt is counted. Limit 1 s.

    What strangers got wrong then locks out only strangers. Never answer with what a stranger could vary: each name is another
    count. The first answer wins; on failure: the account's count.
    """
    raise AssertionError


@hookspec
async def authorize_action(host: Host, context: Context, action: ActionRequest) -> Decision | None:
    """May the context's actor do this? Limit 1 s. Somebody must allow, and only a permission that is registered; any
    deny wins; on failure: deny.
    """
    raise AssertionError


@hookspec
async def visible_to(host: Host, context: Context, permission: str) -> ScopeSet | None:
    """What the actor may see of what ``permission`` reads. Limit 1 s. Answers add up; on failure: nothing."""
    raise AssertionError


@hookspec
async def link_identity(host: Host, context: Context, user: User, claims: Mapping[str, Any]) -> bool | None:
    """May an outside identity be linked to this user? Asked before an enrolment with ``claims`` is stored; who comes with an
    identity that is linked already signs in without. Limit 2 s. Any ``False`` wins, somebody must say ``True``; on
    failure: no.
    """
    raise AssertionError


@hookspec
async def validate_user(host: Host, context: Context, user: NewUser) -> Mapping[str, Text] | None:
    """Problems of a user to be created, by field. Limit 2 s. All answers add up; on failure: refuse."""
    raise AssertionError


@hookspec
async def shape_session(host: Host, context: Context, session: Session) -> Mapping[str, Any] | None:
    """Shorten a new session (``idle_seconds``, ``absolute_seconds``) or add string ``fields``. Limit 1 s. The
    shortest wins; on failure: refuse.
    """
    raise AssertionError


@hookspec
async def doubts_session(host: Host, context: Context, session: Session) -> str | None:
    """Why must this session not be used by the browser that came with it? Asked where that is of another kind than the
    one in which the session began. Limit 1 s. The first reason ends the session; on failure: it goes on.
    """
    raise AssertionError


@hookspec
async def notice_links(host: Host, context: Context, user_id: UUID, message: Outgoing) -> Sequence[NoticeLink] | None:
    """More links for a message that tells this person of a change of their account (``Outgoing.concerns``). Asked when it is
    handed over, and again with each try. Limit 2 s. All answers add up; on failure: none, and the message goes out.
    """
    raise AssertionError


@hookspec
async def shape_token(host: Host, context: Context, claims: AccessClaims) -> Mapping[str, Any] | None:
    """More claims for an access token. Limit 1 s. Answers add up, reserved claims are refused; on failure: no token."""
    raise AssertionError


@hookspec
async def approve_release(host: Host, context: Context, user: User, claims: Mapping[str, Any]) -> Sequence[str] | None:
    """Names of claims that may not be released to the context's application. Limit 1 s. All answers add up; on
    failure: release none.
    """
    raise AssertionError


@hookspec
async def seed_credential(host: Host, context: Context, user_id: UUID, kind: str, value: str) -> bool | None:
    """Store a credential that an operator gave in a tenant document (``kind`` = ``password``). Limit 30 s.
    Hashing waits its turn.

    ``None`` = not my kind; ``True`` once it is stored, or was already. The first ``True`` wins; on failure: not stored.
    """
    raise AssertionError


@hookspec
async def invitation(host: Host, context: Context, user_id: UUID, lifetime: timedelta) -> str | None:
    """A path below the issuer, good for one use within ``lifetime``, where this person gets a first way to sign in. Limit 2 s.

    The first answer wins; on failure: nobody is invited.
    """
    raise AssertionError


@hookspec
async def send_way_in(host: Host, context: Context, user_id: UUID) -> bool | None:
    """Send this person a link to an address that is proven to be theirs, where they get another way to sign in. Limit 2 s.

    Asked on behalf of an administrator, who never learns the link. ``None`` = I know no way; ``False`` = they can't be reached,
    or too many were sent. The first ``True`` wins; on failure: nothing was sent.
    """
    raise AssertionError


@hookspec
async def require_change(host: Host, context: Context, user_id: UUID, kind: str) -> bool | None:
    """Let the person's credential of this kind (``password``) prove who they are once more, only to be replaced on the way.
    Limit 2 s.

    ``None`` = not my kind; ``False`` = they have none. The first ``True`` wins; on failure: nothing was asked for.
    """
    raise AssertionError


@hookspec
async def before_erase(host: Host, context: Context, user: User) -> Text | None:
    """A reason why this person can't be erased now (legal hold). Limit 2 s. Any reason stops; on failure: stop."""
    raise AssertionError


@hookspec
def choose_theme(context: Context) -> str | None:
    """The theme for this context: a style sheet of the plugin's ``static`` folder, such as ``brand/night`` for ``night.css`` of
    the plugin ``brand``. Synchronous. The first answer wins; on failure, or where there is no such file: none.
    """
    raise AssertionError


@hookspec
def choose_locale(context: Context, request: Request[Any, Any, Any]) -> str | None:
    """The language for this request; the context has the one that was negotiated. Synchronous. The first answer wins; on
    failure, or where no plugin has a sentence in it: the negotiated one.
    """
    raise AssertionError


# ------------------------------------------------------------------ pages


@hookspec
def page_slot(context: Context, slot: str) -> Sequence[SlotPart] | None:
    """Parts for a named place of a page. Synchronous; a part that fails is left out and logged."""
    raise AssertionError


@hookspec
def nav_items(context: Context, area: str) -> Sequence[NavItem] | None:
    """Menu entries of an area (``account``, ``console``). Synchronous."""
    raise AssertionError


@hookspec
def template_context(context: Context) -> Mapping[str, Any] | None:
    """Values for every page's template, under names that start with the plugin's name (``brand_logo``); others are left
    out. Synchronous; a plugin that fails gives none.
    """
    raise AssertionError
