"""The public plugin API: re-exports only. The one module of ``xenia`` that a plugin imports.

Stable names: what stands in ``__all__`` changes only with a decision under ``docs/decisions`` and a deprecation.
"""

from __future__ import annotations

from xenia.access.contracts import Access
from xenia.access.models import ActionRequest, Decision, Permission, ScopeSet
from xenia.access.names import unnamed_roles
from xenia.applications.contracts import Applications
from xenia.applications.models import Application
from xenia.clock import Clock
from xenia.context import SYSTEM_TENANT, Actor, ActorKind, Context, Source, system_actor, user_actor
from xenia.credentials.contracts import Credentials, PasswordCheck, PasswordWatch
from xenia.credentials.keeping import CredentialKeeper
from xenia.credentials.models import Adoption, Credential, CredentialSummary, KindInUse, NewCredential
from xenia.doubts import doubts_of as settings_doubts
from xenia.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    RequestRefused,
    SetupError,
    TooLarge,
    TooMany,
    Unavailable,
    Undeliverable,
    XeniaError,
)
from xenia.events.contracts import Events, Historian, Subscriber
from xenia.events.models import Event, EventPage, EventQuery, EventType, NewEvent, Object
from xenia.forms import checked as checked_settings
from xenia.forms import fields as settings_fields
from xenia.forms import own_pages as settings_pages
from xenia.forms import parse as settings_from_form
from xenia.forms import schema as settings_schema
from xenia.grants.contracts import Grants, Subjects
from xenia.grants.models import Grant, NewGrant
from xenia.http.console import console_root
from xenia.http.inputs import read_json, read_query
from xenia.http.models import (
    Caller,
    ConsoleSessions,
    Guard,
    GuardKind,
    HotAnswer,
    HotRequest,
    HotRoute,
    bearer,
    console,
    public,
    signed_in,
)
from xenia.http.state import context_of, path_below, state_of, tenant_of
from xenia.ids import NIL_ID, new_id, parse_id
from xenia.jobs.contracts import Jobs
from xenia.jobs.models import Job
from xenia.journeys.attempts import account_key
from xenia.journeys.code_page import CodePage
from xenia.journeys.contracts import (
    AuthMethod,
    DiscoverableMethod,
    Enrolment,
    Form,
    GateStep,
    Journeys,
    PreparedEnrolment,
    ProtocolHandler,
    QuestionStep,
    ResistantEnrolment,
    RiskSignal,
    SendingMethod,
    StepKind,
    UnguessableMethod,
)
from xenia.journeys.models import (
    Admission,
    Again,
    Claimed,
    Done,
    Draft,
    Enrolled,
    Excused,
    Goal,
    Journey,
    LoginAttempt,
    LoginDecision,
    Need,
    NeedKind,
    Observation,
    Outcome,
    Proven,
    Refused,
    Requirement,
    Resume,
    Verdict,
)
from xenia.journeys.offering import is_ready, is_set
from xenia.journeys.snoozes import Snoozes
from xenia.log import log
from xenia.looks import look_anew, looked_at
from xenia.management.call import Call
from xenia.management.cursors import cursor
from xenia.management.operations import Noun, Operation
from xenia.management.wire import Answer, Input, PageQuery
from xenia.messages import Catalogue, Sentences, Text, literal, read_locales, text
from xenia.notify.contracts import Channel, Notifier
from xenia.notify.models import ChannelKind, NoticeLink, Outgoing, Rendered
from xenia.notify.notices import CredentialNotice
from xenia.pages import Command, HealthCheck, NavItem, PersonalData, SlotPart
from xenia.plugin.hookspecs import hookimpl, hookspec
from xenia.plugin.host import Host, Sealing, Store
from xenia.plugin.manifest import Manifest
from xenia.plugin.operations import Operations
from xenia.plugin.programs import Program
from xenia.qr_codes import QrCode, qr_code
from xenia.schema import run_script
from xenia.security.limits import Limit, Reservation, Shield
from xenia.security.one_time import CodeStatus
from xenia.security.proxies import source_key
from xenia.security.redirects import matches_registered, redirect_uri_problem, same_origin_path
from xenia.security.sent_codes import SentCodes
from xenia.sessions.contracts import Sessions
from xenia.sessions.models import Factor, Proof, Session
from xenia.settings_values import Secret
from xenia.tenants.contracts import SettingsStore, Tenants
from xenia.tenants.models import SessionSettings, SignInSettings, SignUpMode, Tenant, TenantStatus
from xenia.tokens.contracts import Keys, Revocations, Tokens
from xenia.tokens.models import (
    AccessClaims,
    AccessToken,
    CodeRedemption,
    CodeState,
    KeyState,
    RefreshInfo,
    RefreshRotation,
    RefreshState,
    SigningKey,
    TokenFormat,
)
from xenia.ui import Action, Choice, Field, FieldKind, Fragment, Link, Page, PageView, Redirect, Renderer, StepView
from xenia.user_agents import browser_family, device_of
from xenia.users.contracts import Merges, Users
from xenia.users.models import (
    Identifier,
    IdentifierKind,
    MergePreview,
    NewIdentifier,
    NewUser,
    User,
    UserPage,
    UserQuery,
    UserStatus,
)

__all__ = [
    "NIL_ID",
    "SYSTEM_TENANT",
    "Access",
    "AccessClaims",
    "AccessToken",
    "Action",
    "ActionRequest",
    "Actor",
    "ActorKind",
    "Admission",
    "Adoption",
    "Again",
    "Answer",
    "Application",
    "Applications",
    "AuthMethod",
    "BadRequest",
    "Call",
    "Caller",
    "Catalogue",
    "Channel",
    "ChannelKind",
    "Choice",
    "Claimed",
    "Clock",
    "CodePage",
    "CodeRedemption",
    "CodeState",
    "CodeStatus",
    "Command",
    "Conflict",
    "ConsoleSessions",
    "Context",
    "Credential",
    "CredentialKeeper",
    "CredentialNotice",
    "CredentialSummary",
    "Credentials",
    "Decision",
    "DiscoverableMethod",
    "Done",
    "Draft",
    "Enrolled",
    "Enrolment",
    "Event",
    "EventPage",
    "EventQuery",
    "EventType",
    "Events",
    "Excused",
    "Factor",
    "Field",
    "FieldKind",
    "Forbidden",
    "Form",
    "Fragment",
    "GateStep",
    "Goal",
    "Grant",
    "Grants",
    "Guard",
    "GuardKind",
    "HealthCheck",
    "Historian",
    "Host",
    "HotAnswer",
    "HotRequest",
    "HotRoute",
    "Identifier",
    "IdentifierKind",
    "Input",
    "Invalid",
    "Job",
    "Jobs",
    "Journey",
    "Journeys",
    "KeyState",
    "Keys",
    "KindInUse",
    "Limit",
    "Link",
    "LoginAttempt",
    "LoginDecision",
    "Manifest",
    "MergePreview",
    "Merges",
    "NavItem",
    "Need",
    "NeedKind",
    "NewCredential",
    "NewEvent",
    "NewGrant",
    "NewIdentifier",
    "NewUser",
    "NotFound",
    "NotSignedIn",
    "NoticeLink",
    "Notifier",
    "Noun",
    "Object",
    "Observation",
    "Operation",
    "Operations",
    "Outcome",
    "Outgoing",
    "Page",
    "PageQuery",
    "PageView",
    "PasswordCheck",
    "PasswordWatch",
    "Permission",
    "PersonalData",
    "PreparedEnrolment",
    "Program",
    "Proof",
    "ProtocolHandler",
    "Proven",
    "QrCode",
    "QuestionStep",
    "Redirect",
    "RefreshInfo",
    "RefreshRotation",
    "RefreshState",
    "Refused",
    "Rendered",
    "Renderer",
    "RequestRefused",
    "Requirement",
    "Reservation",
    "ResistantEnrolment",
    "Resume",
    "Revocations",
    "RiskSignal",
    "ScopeSet",
    "Sealing",
    "Secret",
    "SendingMethod",
    "SentCodes",
    "Sentences",
    "Session",
    "SessionSettings",
    "Sessions",
    "SettingsStore",
    "SetupError",
    "Shield",
    "SignInSettings",
    "SignUpMode",
    "SigningKey",
    "SlotPart",
    "Snoozes",
    "Source",
    "StepKind",
    "StepView",
    "Store",
    "Subjects",
    "Subscriber",
    "Tenant",
    "TenantStatus",
    "Tenants",
    "Text",
    "TokenFormat",
    "Tokens",
    "TooLarge",
    "TooMany",
    "Unavailable",
    "Undeliverable",
    "UnguessableMethod",
    "User",
    "UserPage",
    "UserQuery",
    "UserStatus",
    "Users",
    "Verdict",
    "XeniaError",
    "account_key",
    "bearer",
    "browser_family",
    "checked_settings",
    "console",
    "console_root",
    "context_of",
    "cursor",
    "device_of",
    "hookimpl",
    "hookspec",
    "is_ready",
    "is_set",
    "literal",
    "log",
    "look_anew",
    "looked_at",
    "matches_registered",
    "new_id",
    "parse_id",
    "path_below",
    "public",
    "qr_code",
    "read_json",
    "read_locales",
    "read_query",
    "redirect_uri_problem",
    "run_script",
    "same_origin_path",
    "settings_doubts",
    "settings_fields",
    "settings_from_form",
    "settings_pages",
    "settings_schema",
    "signed_in",
    "source_key",
    "state_of",
    "system_actor",
    "tenant_of",
    "text",
    "unnamed_roles",
    "user_actor",
]
