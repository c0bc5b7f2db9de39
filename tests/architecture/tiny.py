"""Plugins of a few lines, made in a test."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

from litestar.connection import Request

from xenia.api import (
    AccessClaims,
    ActionRequest,
    ChannelKind,
    Context,
    Goal,
    IdentifierKind,
    Journey,
    LoginAttempt,
    Manifest,
    NewIdentifier,
    NewUser,
    Outgoing,
    Session,
    User,
    hookimpl,
    literal,
)
from xenia.plugin import hookspecs
from xenia.plugin.hooks import Hooks
from xenia.plugin.manifest import Plugin, in_order, plugin_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SOMEBODY = UUID(int=7)
CONTEXT = Context(tenant="acme")
HOST: Any = object()
_ADDED = {"context", "host"}
SPECS: dict[str, Callable[..., Any]] = {
    name: spec for name, spec in vars(hookspecs).items() if getattr(spec, f"{hookspecs.PROJECT}_spec", None) is not None
}


def kind_of(name: str) -> str:
    """``contribution``, ``decision`` (asynchronous), or ``part`` (synchronous)."""
    if name.startswith("register_"):
        return "contribution"
    return "decision" if inspect.iscoroutinefunction(SPECS[name]) else "part"


def plugin(
    name: str, implementations: Mapping[str, Callable[..., Any]] | None = None, *, requires: tuple[str, ...] = ()
) -> Plugin:
    """A plugin of that name that implements these hooks."""
    module = ModuleType(f"xenia_{name}")
    vars(module)["manifest"] = Manifest(
        name=name, title=literal(name), summary=literal("Made in a test."), requires=requires
    )
    for hook, function in (implementations or {}).items():
        vars(module)[hook] = hookimpl(function)
    return plugin_of(module)


def hooks_of(*plugins: Plugin, on: frozenset[str] | None = None) -> Hooks:
    """The facade over these plugins; all of them are on, unless ``on`` names some."""
    enabled = frozenset(each.name for each in plugins) if on is None else on

    async def of(_context: Context) -> frozenset[str]:
        return enabled

    hooks = Hooks(in_order(plugins), of)
    hooks.host = HOST
    return hooks


def implementation(name: str, body: Callable[[dict[str, Any]], Any]) -> Callable[..., Any]:
    """A function with exactly the signature of a hook's specification, whose answer is that of ``body``."""
    parameters = ", ".join(inspect.signature(SPECS[name]).parameters)
    source = f"def {name}({parameters}):\n    return body(dict(locals()))\n"
    scope: dict[str, Any] = {"body": body}
    exec(source, scope)  # noqa: S102  the signature is the point, and it comes from our own specification
    function: Callable[..., Any] = scope[name]
    return function


def given_for(name: str) -> dict[str, Any]:
    """An argument of the right kind for each parameter that the asker gives, but the context."""
    session = Session(
        tenant="acme", id=UUID(int=1), user_id=SOMEBODY, acr="aal1", amr=("pwd",), proofs=(),
        authenticated_at=NOW, created_at=NOW, last_seen_at=NOW, expires_at=NOW,
    )  # fmt: skip
    attempt = LoginAttempt(user_id=SOMEBODY, application=None, acr="aal1", proofs=(), goal=Goal.SIGN_IN)
    access = AccessClaims(
        tenant="acme", id="", grant_id=UUID(int=2), application="shop", subject="s", user_id=SOMEBODY, session_id=None,
        scope=(), audience=(), issued_at=NOW, expires_at=NOW,
    )  # fmt: skip
    known: dict[str, Any] = {
        "host": HOST,
        "identifier": "ada@acme.example",
        "journey": Journey(id=UUID(int=3), tenant="acme", goal=Goal.SIGN_IN, started_at=NOW),
        "attempt": attempt,
        "action": ActionRequest(permission="xenia:users:read"),
        "permission": "xenia:users:read",
        "user": User(tenant="acme", id=SOMEBODY, created_at=NOW, updated_at=NOW),
        "claims": access if name == "shape_token" else {"email": "ada@acme.example", "phone": "1"},
        "session": session,
        "message": Outgoing(channel=ChannelKind.EMAIL, to="ada@acme.example", subject=literal("x"), body=()),
        "user_id": SOMEBODY,
        "kind": "password",
        "value": "secret",
        "lifetime": timedelta(hours=1),
        "request": Request({"type": "http", "headers": []}),  # type: ignore[arg-type]  # nobody reads it
        "slot": "account.security",
        "area": "account",
    }
    if name == "validate_user":
        known["user"] = NewUser(identifiers=(NewIdentifier(kind=IdentifierKind.EMAIL, value="ada@acme.example"),))
    return {one: known[one] for one in inspect.signature(SPECS[name]).parameters if one not in _ADDED}


async def ask(hooks: Hooks, name: str, *, on: frozenset[str] | None = None) -> Any:
    """Ask through the facade, as the house does."""
    given = given_for(name)
    if kind_of(name) == "decision":
        return await getattr(hooks, name)(context=CONTEXT, **given)
    every = frozenset(each.name for each in hooks.plugins) if on is None else on
    return getattr(hooks, name)(every, context=CONTEXT, **given)
