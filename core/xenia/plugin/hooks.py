"""The plugin manager behind a typed facade: one method per hook. Nobody else touches pluggy.

Decisions walk ``reversed(get_hookimpls())`` (the true call order), ask only the plugins that are on for the context's
tenant, call and await one at a time, within the time limit of the hook, and never inside a transaction. What several
answers mean, and what a failure means, stands beside each method; :data:`xenia.plugin.hookspecs` is the contract.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pluggy
from litestar.connection import Request

from xenia.access.models import ActionRequest, Decision, ScopeSet
from xenia.context import Context
from xenia.db import in_transaction
from xenia.errors import Forbidden, SetupError, Unavailable
from xenia.journeys.assurance import rank
from xenia.journeys.models import Admission, Journey, LoginAttempt, LoginDecision, Need, Verdict
from xenia.log import log
from xenia.messages import Text, text
from xenia.notify.models import NoticeLink, Outgoing
from xenia.pages import NavItem, SlotPart
from xenia.plugin import hookspecs
from xenia.plugin.host import Host
from xenia.plugin.manifest import Plugin
from xenia.plugin.promised import as_promised
from xenia.sessions.models import Session
from xenia.tokens.models import AccessClaims
from xenia.users.models import NewUser, User

Enabled = Callable[[Context], Awaitable[frozenset[str]]]
LIMITS = {
    "authorize_action": 1.0,
    "visible_to": 1.0,
    "shape_session": 1.0,
    "trusts_device": 1.0,
    "counts_apart": 1.0,
    "doubts_session": 1.0,
    "admit_attempt": 5.0,
    "shape_token": 1.0,
    "approve_release": 1.0,
    "seed_credential": 30.0,
}
DEFAULT_LIMIT = 2.0


class HookFailed(Exception):
    """A plugin's answer could not be had: it raised, or it took too long."""

    def __init__(self, hook: str, plugin: str, problem: BaseException) -> None:
        super().__init__(f"{plugin}: {hook}: {type(problem).__name__}: {problem}")
        self.hook, self.plugin = hook, plugin


class Hooks:
    """Asks plugins. ``enabled`` tells which of them are on for a context's tenant."""

    def __init__(self, plugins: Sequence[Plugin], enabled: Enabled) -> None:
        self.plugins = tuple(plugins)
        self._enabled = enabled
        self.host: Host | None = None  # set as soon as there is one; what is asked before gets none
        self._callers: dict[str, tuple[tuple[str, Callable[..., Any]], ...]] = {}  # plugins don't change while it runs
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        for plugin in self.plugins:
            self._register(plugin)
        self._check()

    def _register(self, plugin: Plugin) -> None:
        try:
            self._manager.register(plugin.module, name=plugin.name)
        except pluggy.PluginValidationError as problem:
            raise SetupError(" ".join(str(problem).split())) from problem
        if specs := getattr(plugin.module, "register_hookspecs", None):
            for holder in specs():
                self._manager.add_hookspecs(holder)

    def _check(self) -> None:
        """Unknown hooks and wrappers stop the start, named with their plugin."""
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as problem:
            raise SetupError(f"a plugin implements a hook that doesn't exist: {problem}") from problem
        for plugin in self.plugins:
            for caller in self._manager.get_hookcallers(plugin.module) or ():
                for impl in caller.get_hookimpls():
                    if impl.wrapper or impl.hookwrapper:
                        raise SetupError(
                            f"the plugin {impl.plugin_name} wraps the hook {caller.name}: wrappers aren't supported, answer the hook"
                        )

    # -- dispatch

    def impls(self, hook: str, on: frozenset[str] | None = None) -> Iterator[tuple[str, Callable[..., Any]]]:
        """The plugins (of those that are ``on``) that implement ``hook``, in true call order, with a callable that
        takes keywords.
        """
        if hook not in self._callers:
            impls = reversed(getattr(self._manager.hook, hook).get_hookimpls())
            self._callers[hook] = tuple((impl.plugin_name, _taking(impl)) for impl in impls)
        for plugin, call in self._callers[hook]:
            if on is None or plugin in on:
                yield plugin, call

    async def answers(self, hook: str, context: Context, **given: Any) -> AsyncIterator[tuple[str, Any]]:
        """Each plugin's answer that is not ``None``, one at a time. Raises :class:`HookFailed`.

        Public for hooks that plugins open themselves with ``register_hookspecs``.
        """
        async for plugin, answer in self._each(hook, context, given):
            if isinstance(answer, HookFailed):
                raise answer
            yield plugin, answer

    async def _each(
        self, hook: str, context: Context, given: Mapping[str, Any]
    ) -> AsyncIterator[tuple[str, Any | HookFailed]]:
        """Each plugin's answer that is not ``None``, or its failure, one at a time."""
        if in_transaction():
            raise RuntimeError(f"the hook {hook} was asked inside a transaction")
        for plugin, call in self.impls(hook, await self._enabled(context)):
            try:
                answer = call(**{"host": self.host, "context": context, **given})
                if inspect.isawaitable(answer):
                    answer = await asyncio.wait_for(answer, LIMITS.get(hook, DEFAULT_LIMIT))
                answer = as_promised(hook, answer)
            except Exception as problem:  # noqa: BLE001  whatever it is, the hook's own answer to a failure follows
                log.error("hook_failed", hook=hook, plugin=plugin, problem=repr(problem))
                answer = HookFailed(hook, plugin, problem)
            if answer is not None:
                yield plugin, answer

    def _parts(self, hook: str, on: frozenset[str], context: Context, **given: Any) -> Iterator[tuple[str, Any]]:
        """Synchronous answers; one that fails is left out and logged."""
        for plugin, call in self.impls(hook, on):
            try:
                answer = as_promised(hook, call(context=context, **given))
            except Exception as problem:  # noqa: BLE001  one plugin's part must not take the page away
                log.error("hook_failed", hook=hook, plugin=plugin, problem=repr(problem))
                continue
            if answer is not None:
                yield plugin, answer

    # -- contributions

    def contributions(self, hook: str, **given: Any) -> Iterator[tuple[str, Any]]:
        """What each plugin registers under ``hook``, in requirement order."""
        order = {plugin.name: place for place, plugin in enumerate(self.plugins)}
        for plugin, call in sorted(self.impls(hook), key=lambda pair: order[pair[0]]):
            yield plugin, call(**given)

    # -- decisions

    async def route_login(self, context: Context, identifier: str, journey: Journey) -> tuple[str, ...]:
        """The first answer wins; nobody's answer, or a failure, is no preference."""
        try:
            async for _, methods in self.answers("route_login", context, identifier=identifier, journey=journey):
                return tuple(methods)
        except HookFailed:
            return ()
        return ()

    async def plan_journey(self, context: Context, journey: Journey) -> tuple[Need, ...]:
        """All answers add up. A failure refuses the journey."""
        needs: list[Need] = []
        try:
            async for _, more in self.answers("plan_journey", context, journey=journey):
                needs.extend(more)
        except HookFailed as problem:
            raise Unavailable(str(problem)) from problem
        return tuple(needs)

    async def authorize_login(self, context: Context, attempt: LoginAttempt) -> LoginDecision:
        """Deny beats step-up beats allow, of step-ups the strongest counts; a failure asks for a step-up."""
        best = LoginDecision(verdict=Verdict.ALLOW, reason="nobody objected")
        async for _, answer in self._each("authorize_login", context, {"attempt": attempt}):
            if isinstance(answer, HookFailed):  # the others are asked still: one of them may deny
                answer = LoginDecision(verdict=Verdict.STEP_UP, reason=str(answer), acr="aal2", may_enrol=True)
            best = max(best, answer, key=_strength)
        return best

    async def trusts_device(self, context: Context, user_id: UUID) -> bool:
        """Any ``False`` wins and somebody must say ``True``; a failure is no."""
        return await self._agreed("trusts_device", context, user_id=user_id)

    async def counts_apart(self, context: Context, journey: Journey) -> str:
        """The first answer wins; nobody's answer, or a failure, is ``""``: the account's own count."""
        try:
            async for _, name in self.answers("counts_apart", context, journey=journey):
                return str(name)
        except HookFailed:
            return ""
        return ""

    async def admit_attempt(self, context: Context, journey: Journey) -> Admission:
        """The longest wait, else a step first, else admitted. A failure lets nothing be looked at."""
        try:
            told = [answer async for _, answer in self.answers("admit_attempt", context, journey=journey)]
        except HookFailed as problem:
            raise Unavailable(str(problem)) from problem
        wait, first = max((one.wait for one in told), default=0), any(one.first for one in told)
        listeners = [one.judged for one in told if one.judged is not None]
        return Admission(wait=wait, first=first, judged=partial(_tell, listeners) if listeners else None)

    async def doubts_session(self, context: Context, session: Session) -> str:
        """The first reason; nobody's, or a failure, is ``""``: the session goes on."""
        try:
            async for _, reason in self.answers("doubts_session", context, session=session):
                return str(reason)
        except HookFailed:
            return ""
        return ""

    async def notice_links(self, context: Context, user_id: UUID, message: Outgoing) -> tuple[NoticeLink, ...]:
        """All links; who fails adds none."""
        given = {"user_id": user_id, "message": message}
        answers = [answer async for _, answer in self._each("notice_links", context, given)]
        return tuple(link for links in answers if not isinstance(links, HookFailed) for link in links)

    async def authorize_action(self, context: Context, action: ActionRequest, *, by_role: bool = False) -> bool:
        """Somebody must allow (the actor's roles count as somebody); any deny wins; a failure denies."""
        allowed = by_role
        try:
            async for _, answer in self.answers("authorize_action", context, action=action):
                if answer is Decision.DENY:
                    return False
                allowed = allowed or answer is Decision.ALLOW
        except HookFailed:
            return False
        return allowed

    async def visible_to(self, context: Context, permission: str) -> ScopeSet:
        """Answers add up; a failure shows nothing."""
        seen = ScopeSet()
        try:
            async for _, more in self.answers("visible_to", context, permission=permission):
                seen = ScopeSet(
                    everything=seen.everything or more.everything,
                    users=seen.users | more.users,
                    organisations=seen.organisations | more.organisations,
                )
        except HookFailed:
            return ScopeSet()
        return seen

    async def link_identity(self, context: Context, user: User, claims: Mapping[str, Any]) -> bool:
        """Any ``False`` wins and somebody must say ``True``; a failure is no."""
        return await self._agreed("link_identity", context, user=user, claims=claims)

    async def _agreed(self, hook: str, context: Context, **given: Any) -> bool:
        said = False
        try:
            async for _, answer in self.answers(hook, context, **given):
                if not answer:
                    return False
                said = True
        except HookFailed:
            return False
        return said

    async def validate_user(self, context: Context, user: NewUser) -> dict[str, Text]:
        """All problems, by field. A failure refuses."""
        problems: dict[str, Text] = {}
        try:
            async for _, more in self.answers("validate_user", context, user=user):
                problems.update(more)
        except HookFailed:
            return {"": text("error.unavailable")}
        return problems

    async def shape_session(self, context: Context, session: Session) -> dict[str, Any]:
        """The shortest limits win, fields add up. A failure refuses the session."""
        shape: dict[str, Any] = {"fields": {}}
        try:
            async for _, answer in self.answers("shape_session", context, session=session):
                for limit in ("idle_seconds", "absolute_seconds"):
                    if limit in answer:
                        shape[limit] = min(shape.get(limit, answer[limit]), answer[limit])
                shape["fields"].update(answer.get("fields", {}))
        except HookFailed as problem:
            raise Forbidden(str(problem)) from problem
        return shape

    async def shape_token(self, context: Context, claims: AccessClaims) -> dict[str, Any]:
        """More claims. A failure means no token."""
        more: dict[str, Any] = {}
        try:
            async for _, answer in self.answers("shape_token", context, claims=claims):
                more.update(answer)
        except HookFailed as problem:
            raise Unavailable(str(problem)) from problem
        return more

    async def approve_release(self, context: Context, user: User, claims: Mapping[str, Any]) -> dict[str, Any]:
        """The claims that nobody withholds; a failure withholds all."""
        withheld: set[str] = set()
        try:
            async for _, names in self.answers("approve_release", context, user=user, claims=claims):
                withheld.update(names)
        except HookFailed:
            return {}
        return {name: value for name, value in claims.items() if name not in withheld}

    async def seed_credential(self, context: Context, user_id: UUID, kind: str, value: str) -> bool:
        """Whether some plugin stored it. A failure is no."""
        return await self._done("seed_credential", context, user_id=user_id, kind=kind, value=value)

    async def invitation(self, context: Context, user_id: UUID, lifetime: timedelta) -> str | None:
        """The first answer wins; a failure is none."""
        try:
            async for _, path in self.answers("invitation", context, user_id=user_id, lifetime=lifetime):
                return str(path)
        except HookFailed:
            return None
        return None

    async def send_way_in(self, context: Context, user_id: UUID) -> bool:
        """Whether some plugin sent a link. A failure is no."""
        return await self._done("send_way_in", context, user_id=user_id)

    async def require_change(self, context: Context, user_id: UUID, kind: str) -> bool:
        """Whether some plugin asks for another. A failure is no."""
        return await self._done("require_change", context, user_id=user_id, kind=kind)

    async def _done(self, hook: str, context: Context, **given: Any) -> bool:
        """Whether anybody did it."""
        try:
            async for _, answer in self.answers(hook, context, **given):
                if answer:
                    return True
        except HookFailed:
            return False
        return False

    async def before_erase(self, context: Context, user: User) -> Text | None:
        """The first reason to stop; a failure stops too."""
        try:
            async for _, reason in self.answers("before_erase", context, user=user):
                return Text(reason.id, reason.values)
        except HookFailed:
            return text("error.unavailable")
        return None

    # -- pages: synchronous, so the caller says which plugins are on

    def choose_theme(self, on: frozenset[str], context: Context) -> str | None:
        """The first answer."""
        return next((theme for _, theme in self._parts("choose_theme", on, context)), None)

    def chooses_locale(self, on: frozenset[str]) -> bool:
        """Whether somebody would be asked: a request that nobody reads need not be made."""
        return any(True for _ in self.impls("choose_locale", on))

    def choose_locale(self, on: frozenset[str], context: Context, request: Request[Any, Any, Any]) -> str | None:
        """The first answer."""
        return next((locale for _, locale in self._parts("choose_locale", on, context, request=request)), None)

    def page_slot(self, on: frozenset[str], context: Context, slot: str) -> tuple[SlotPart, ...]:
        """All parts of a place, in order."""
        parts = [part for _, more in self._parts("page_slot", on, context, slot=slot) for part in more]
        return tuple(sorted(parts, key=lambda part: part.order))

    def nav_items(self, on: frozenset[str], context: Context, area: str) -> tuple[NavItem, ...]:
        """All entries of an area's menu, in order."""
        items = [
            item for _, more in self._parts("nav_items", on, context, area=area) for item in more if item.area == area
        ]
        return tuple(sorted(items, key=lambda item: item.order))

    def template_context(self, on: frozenset[str], context: Context) -> dict[str, Any]:
        """Values for every template; a name that isn't the plugin's own is left out."""
        given: dict[str, Any] = {}
        for plugin, values in self._parts("template_context", on, context):
            own = {name: value for name, value in values.items() if name.startswith(f"{plugin}_")}
            if foreign := sorted(values.keys() - own.keys()):
                log.error("template_names_refused", plugin=plugin, names=", ".join(foreign))
            given |= own
        return given


async def _tell(listeners: Sequence[Callable[[bool | None], Awaitable[None]]], wrong: bool | None) -> None:
    """How a guess was judged, to whoever admitted it. One who fails keeps nobody from hearing it, nor anybody out."""
    for listener in listeners:
        try:
            await asyncio.wait_for(listener(wrong), DEFAULT_LIMIT)
        except Exception as problem:  # noqa: BLE001  a plugin may fail in any way
            log.error("hook_failed", hook="admit_attempt", plugin="", problem=repr(problem))


_STRENGTH = {Verdict.ALLOW: 0, Verdict.STEP_UP: 1, Verdict.DENY: 2}


def _strength(decision: LoginDecision) -> tuple[int, int, bool, bool]:
    return _STRENGTH[decision.verdict], rank(decision.acr), not decision.may_enrol, decision.public is not None


def _taking(impl: pluggy.HookImpl) -> Callable[..., Any]:
    """The implementation, given only the arguments it asks for."""
    wanted = frozenset(impl.argnames)

    def call(**given: Any) -> Any:
        return impl.function(**{name: value for name, value in given.items() if name in wanted})

    return call
