"""Every hook does what its docstring says: arguments, order, several answers, failures, limits."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from tests.architecture.sources import modules
from tests.architecture.tiny import (
    CONTEXT,
    HOST,
    SOMEBODY,
    SPECS,
    ask,
    given_for,
    hooks_of,
    implementation,
    kind_of,
    plugin,
)
from xenia.api import (
    Admission,
    Decision,
    Forbidden,
    LoginDecision,
    NavItem,
    Need,
    NeedKind,
    NoticeLink,
    ScopeSet,
    SetupError,
    SlotPart,
    Unavailable,
    Verdict,
    hookimpl,
    hookspec,
    literal,
    text,
)
from xenia.db import Database
from xenia.messages import Catalogue, read_locales
from xenia.plugin import hooks as facade
from xenia.plugin import promised
from xenia.plugin.registry import Registry, collect, collect_words

CONTRIBUTIONS = [name for name in SPECS if kind_of(name) == "contribution"]
DECISIONS = [name for name in SPECS if kind_of(name) == "decision"]
PARTS = [name for name in SPECS if kind_of(name) == "part"]
ASKED = [*DECISIONS, *PARTS]

ALLOW = LoginDecision(verdict=Verdict.ALLOW, reason="known")
STEP_UP = LoginDecision(verdict=Verdict.STEP_UP, reason="new device", acr="aal2")
DENY = LoginDecision(verdict=Verdict.DENY, reason="blocked")
TERMS, SURVEY = (Need(kind=NeedKind.STEP, name=name, reason="asked") for name in ("terms", "survey"))
TAKEN, TOO_YOUNG = text("user.taken"), text("user.young")
EARLY, LATE = (SlotPart(template=f"{order}.html", order=order) for order in (1, 2))
HOME, ORDERS = (NavItem(area="account", href=f"/{order}", label=literal("x"), order=order) for order in (1, 2))
NOT_ME, HELP = (NoticeLink(label=literal("x"), path=f"/{path}") for path in ("not-me", "help"))
ELSEWHERE = NavItem(area="console", href="/elsewhere", label=literal("x"))


class Combined(msgspec.Struct, frozen=True):
    """Answers in the order in which they are given, and what they are together."""

    answers: tuple[Any, ...]
    together: Any


SEVERAL: dict[str, tuple[Combined, ...]] = {
    "route_login": (Combined((("saml",), ("password",)), ("saml",)), Combined((None, None), ())),
    "plan_journey": (Combined(([TERMS], [SURVEY]), (TERMS, SURVEY)), Combined((None, None), ())),
    "authorize_login": (
        Combined((ALLOW, STEP_UP, DENY), DENY),
        Combined((STEP_UP, ALLOW), STEP_UP),
        Combined((DENY, ALLOW), DENY),
        Combined((None, None), LoginDecision(verdict=Verdict.ALLOW, reason="nobody objected")),
    ),
    "authorize_action": (
        Combined((Decision.ALLOW, None), True),
        Combined((Decision.ALLOW, Decision.DENY), False),
        Combined((Decision.DENY, Decision.ALLOW), False),
        Combined((None, None), False),
    ),
    "visible_to": (
        Combined(
            (ScopeSet(users=frozenset({SOMEBODY})), ScopeSet(organisations=frozenset({"north"}))),
            ScopeSet(users=frozenset({SOMEBODY}), organisations=frozenset({"north"})),
        ),
        Combined((ScopeSet(everything=True), None), ScopeSet(everything=True)),
        Combined((None, None), ScopeSet()),
    ),
    "trusts_device": (
        Combined((True, None), True),
        Combined((True, False), False),
        Combined((False, True), False),
        Combined((None, None), False),
    ),
    "admit_attempt": (
        Combined((Admission(first=True), Admission(wait=7), Admission(wait=3)), Admission(wait=7, first=True)),
        Combined((None, Admission(first=True)), Admission(first=True)),
        Combined((None, None), Admission()),
    ),
    "doubts_session": (
        Combined(("copied", "old"), "copied"),
        Combined((None, "old"), "old"),
        Combined((None, None), ""),
    ),
    "notice_links": (Combined(([NOT_ME], [HELP]), (NOT_ME, HELP)), Combined((None, None), ())),
    "counts_apart": (Combined(("home", "away"), "home"), Combined((None, "away"), "away"), Combined((None, None), "")),
    "link_identity": (
        Combined((True, None), True),
        Combined((True, False), False),
        Combined((False, True), False),
        Combined((None, None), False),
    ),
    "validate_user": (
        Combined(({"email": TAKEN}, {"birthdate": TOO_YOUNG}), {"email": TAKEN, "birthdate": TOO_YOUNG}),
        Combined((None, None), {}),
    ),
    "shape_session": (
        Combined(
            ({"idle_seconds": 60, "fields": {"a": "1"}}, {"idle_seconds": 600, "fields": {"b": "2"}}),
            {"idle_seconds": 60, "fields": {"a": "1", "b": "2"}},
        ),
        Combined(({"absolute_seconds": 600}, {"absolute_seconds": 60}), {"absolute_seconds": 60, "fields": {}}),
        Combined((None, None), {"fields": {}}),
    ),
    "shape_token": (Combined(({"tier": "gold"}, {"shop": 1}), {"tier": "gold", "shop": 1}), Combined((None, None), {})),
    "approve_release": (
        Combined((["email"], ["phone"]), {}),
        Combined((["phone"], None), {"email": "ada@acme.example"}),
        Combined((None, None), {"email": "ada@acme.example", "phone": "1"}),
    ),
    "seed_credential": (Combined((None, True), True), Combined((False, None), False), Combined((None, None), False)),
    "invitation": (Combined((None, "/recover/a"), "/recover/a"), Combined(("/a", "/b"), "/a"), Combined((None,), None)),
    "send_way_in": (Combined((None, True), True), Combined((False, None), False), Combined((None, None), False)),
    "require_change": (Combined((None, True), True), Combined((False, None), False), Combined((None, None), False)),
    "before_erase": (Combined((None, TAKEN), TAKEN), Combined((TAKEN, TOO_YOUNG), TAKEN), Combined((None, None), None)),
    "choose_theme": (Combined(("dark", "light"), "dark"), Combined((None, "light"), "light"), Combined((None,), None)),
    "choose_locale": (Combined(("de", "en"), "de"), Combined((None, "en"), "en"), Combined((None,), None)),
    "page_slot": (Combined(([LATE], [EARLY]), (EARLY, LATE)), Combined((None, None), ())),
    "nav_items": (Combined(([ORDERS, ELSEWHERE], [HOME]), (HOME, ORDERS)), Combined((None, None), ())),
    "template_context": (
        Combined(({"p2_x": 1}, {"p1_x": 2}), {"p2_x": 1, "p1_x": 2}),
        Combined(({"csrf_token": "mine", "p1_x": 1}, None), {}),
        Combined((None, None), {}),
    ),
}

STEP_UP_ON_FAILURE = "a step-up"
ON_FAILURE: dict[str, Any] = {
    "route_login": (),
    "plan_journey": Unavailable,
    "authorize_login": STEP_UP_ON_FAILURE,
    "authorize_action": False,
    "visible_to": ScopeSet(),
    "trusts_device": False,
    "counts_apart": "",
    "admit_attempt": Unavailable,
    "doubts_session": "",
    "notice_links": (),
    "link_identity": False,
    "validate_user": {"": text("error.unavailable")},
    "shape_session": Forbidden,
    "shape_token": Unavailable,
    "approve_release": {},
    "seed_credential": False,
    "invitation": None,
    "send_way_in": False,
    "require_change": False,
    "before_erase": text("error.unavailable"),
    "choose_theme": None,
    "choose_locale": None,
    "page_slot": (),
    "nav_items": (),
    "template_context": {},
}


def answering(name: str, *answers: Any) -> facade.Hooks:
    """Plugins that give these answers, in this order: the one to be asked first is registered last."""
    count = len(answers)
    return hooks_of(
        *(
            plugin(f"p{count - place}", {name: implementation(name, lambda _, answer=answer: answer)})  # type: ignore[misc]  # bound now
            for place, answer in enumerate(answers)
        )
    )


def raising(name: str) -> facade.Hooks:
    def broken(_given: dict[str, Any]) -> Any:
        raise ValueError("broken")

    return hooks_of(plugin("broken", {name: implementation(name, broken)}))


async def expect_failure(hooks: facade.Hooks, name: str) -> None:
    """The documented answer to a failure."""
    expected = ON_FAILURE[name]
    if isinstance(expected, type):
        with pytest.raises(expected):
            await ask(hooks, name)
        return
    answer = await ask(hooks, name)
    if expected == STEP_UP_ON_FAILURE:
        assert (answer.verdict, answer.acr, answer.may_enrol) == (Verdict.STEP_UP, "aal2", True)
    else:
        assert answer == expected


# -- the contract itself


@pytest.mark.parametrize("name", SPECS)
def test_every_hook_has_a_contract(name: str) -> None:
    doc = inspect.getdoc(SPECS[name]) or ""
    assert doc.endswith(".")
    assert "return" not in inspect.signature(SPECS[name]).parameters
    assert inspect.signature(SPECS[name]).return_annotation is not inspect.Signature.empty


@pytest.mark.parametrize("name", DECISIONS)
def test_every_decision_states_its_limit_and_its_answer_on_failure(name: str) -> None:
    doc = " ".join((inspect.getdoc(SPECS[name]) or "").split())
    stated = re.search(r"Limit (\d+(?:\.\d+)?) s\.", doc)
    assert stated, doc
    assert float(stated[1]) == facade.LIMITS.get(name, facade.DEFAULT_LIMIT)
    assert "on failure" in doc


@pytest.mark.parametrize("name", ["choose_theme", "choose_locale", "page_slot", "nav_items", "template_context"])
def test_parts_of_pages_say_that_they_are_synchronous(name: str) -> None:
    assert "Synchronous" in (inspect.getdoc(SPECS[name]) or "")


def test_every_hook_that_is_asked_is_tested_here_by_name() -> None:
    assert sorted(SEVERAL) == sorted(ASKED) == sorted(ON_FAILURE)
    assert set(facade.LIMITS) <= set(DECISIONS)


# -- asking


@pytest.mark.parametrize("name", ASKED)
async def test_a_plugin_is_asked_with_exactly_the_documented_arguments(name: str) -> None:
    seen: list[dict[str, Any]] = []
    hooks = hooks_of(plugin("tiny", {name: implementation(name, lambda given: seen.append(given))}))
    await ask(hooks, name)
    assert [list(given) for given in seen] == [list(inspect.signature(SPECS[name]).parameters)]
    assert seen[0]["context"] is CONTEXT
    assert seen[0].get("host", HOST) is HOST
    given = given_for(name)
    assert {key: type(seen[0][key]) for key in given} == {key: type(value) for key, value in given.items()}


@pytest.mark.parametrize("name", ASKED)
async def test_a_plugin_may_leave_out_the_arguments_it_has_no_use_for(name: str) -> None:
    asked: list[bool] = []

    def bare() -> None:
        asked.append(True)

    await ask(hooks_of(plugin("tiny", {name: bare})), name)
    assert asked == [True]


@pytest.mark.parametrize(
    ("name", "case"),
    [(name, case) for name in ASKED for case in SEVERAL[name]],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_several_answers_become_one_as_documented(name: str, case: Combined) -> None:
    assert await ask(answering(name, *case.answers), name) == case.together


@pytest.mark.parametrize("name", ASKED)
async def test_a_failure_answers_as_documented(name: str) -> None:
    await expect_failure(raising(name), name)


@pytest.mark.parametrize("name", DECISIONS)
async def test_a_plugin_that_takes_too_long_is_a_failure(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(facade.LIMITS, name, 0.001)
    hooks = hooks_of(plugin("slow", {name: implementation(name, lambda _: asyncio.Event().wait())}))
    await expect_failure(hooks, name)


@pytest.mark.parametrize("name", ASKED)
async def test_a_plugin_that_is_off_is_not_asked(name: str) -> None:
    def never(_given: dict[str, Any]) -> Any:
        raise AssertionError("asked")

    hooks = hooks_of(plugin("off", {name: implementation(name, never)}), on=frozenset())
    assert await ask(hooks, name, on=frozenset()) == SEVERAL[name][-1].together


@pytest.mark.parametrize("name", DECISIONS)
async def test_nothing_is_asked_inside_a_transaction(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facade, "in_transaction", lambda: True)
    with pytest.raises(RuntimeError, match="inside a transaction"):
        await ask(hooks_of(), name)


async def test_a_real_transaction_is_noticed(database: Database) -> None:
    async with database.transaction():
        with pytest.raises(RuntimeError, match="inside a transaction"):
            await ask(hooks_of(), "authorize_login")
    assert (await ask(hooks_of(), "authorize_login")).verdict is Verdict.ALLOW


async def test_what_was_registered_later_is_asked_first() -> None:
    order: list[str] = []
    plugins = [
        plugin(name, {"plan_journey": implementation("plan_journey", lambda _, n=name: order.append(n))})  # type: ignore[misc]  # bound now
        for name in ("alpha", "beta", "gamma")
    ]
    await ask(hooks_of(*plugins), "plan_journey")
    assert order == ["gamma", "beta", "alpha"]


async def test_plugins_are_asked_one_at_a_time() -> None:
    begun: list[str] = []
    gate = asyncio.Event()

    async def waits(_given: dict[str, Any]) -> None:
        begun.append("later")
        await gate.wait()

    async def follows(_given: dict[str, Any]) -> None:
        begun.append("earlier")

    first = plugin("a", {"plan_journey": implementation("plan_journey", follows)})
    second = plugin("b", {"plan_journey": implementation("plan_journey", waits)})
    asking = asyncio.create_task(ask(hooks_of(first, second), "plan_journey"))
    for _ in range(10):
        await asyncio.sleep(0)
    assert begun == ["later"]
    gate.set()
    await asking
    assert begun == ["later", "earlier"]


async def test_a_deny_is_heard_though_another_plugin_is_broken() -> None:
    def broken(_given: dict[str, Any]) -> Any:
        raise ValueError("broken")

    deny = plugin("a", {"authorize_login": implementation("authorize_login", lambda _: DENY)})
    asked_before = plugin("b", {"authorize_login": implementation("authorize_login", broken)})
    assert await ask(hooks_of(deny, asked_before), "authorize_login") == DENY


async def test_a_deny_ends_the_asking() -> None:
    asked: list[str] = []
    after = plugin("a", {"authorize_action": implementation("authorize_action", lambda _: asked.append("a"))})
    before = plugin("b", {"authorize_action": implementation("authorize_action", lambda _: Decision.DENY)})
    assert await ask(hooks_of(after, before), "authorize_action") is False
    assert asked == []


# -- who asks


@pytest.mark.parametrize("name", ASKED)
def test_the_house_asks_every_hook(name: str) -> None:
    """A hook that nobody asks is a promise that nobody keeps."""
    sources = [
        module.path
        for module in modules().values()
        if module.name not in ("xenia.plugin.hooks", "xenia.plugin.hookspecs")
    ]
    assert any(re.search(rf"hooks\.{name}\b", path.read_text("utf-8")) for path in sources)


# -- at the start


def test_a_hook_that_nobody_knows_stops_the_start_and_names_the_plugin() -> None:
    with pytest.raises(SetupError, match=r"tiny.*authorise_login|authorise_login.*tiny"):
        hooks_of(plugin("tiny", {"authorise_login": lambda: None}))


def test_an_argument_that_the_hook_has_not_stops_the_start() -> None:
    with pytest.raises(Exception, match="password"):
        hooks_of(plugin("tiny", {"authorize_login": lambda password: password}))


@pytest.mark.parametrize("options", [{"wrapper": True}, {"hookwrapper": True}])
def test_a_wrapper_stops_the_start(options: dict[str, bool]) -> None:
    def shape_session(context: Any) -> Any:
        yield

    made = plugin("sly")
    vars(made.module)["shape_session"] = hookimpl(**options)(shape_session)  # type: ignore[call-overload]  # one of two forms
    with pytest.raises(SetupError, match=r"sly.*shape_session"):
        hooks_of(made)


async def test_a_plugin_opens_hooks_of_its_own() -> None:
    @hookspec
    def price_of(context: Any, item: str) -> int | None:
        """A price. The dispatch is the opener's."""

    opener = plugin("shop", {"register_hookspecs": lambda: [SimpleNamespace(price_of=price_of)]})
    hooks = hooks_of(opener, plugin("sale", {"price_of": lambda item: len(item)}))
    assert [pair async for pair in hooks.answers("price_of", CONTEXT, item="book")] == [("sale", 4)]


# -- contributions

HOSTLESS = {"register_hookspecs", "register_messages", "register_events", "register_permissions"}
SHELVES = {
    "register_auth_methods": "auth_methods",
    "register_enrolments": "enrolments",
    "register_journey_steps": "steps",
    "register_protocols": "protocols",
    "register_claim_sources": "claim_sources",
    "register_password_checks": "password_checks",
    "register_risk_signals": "risk_signals",
    "register_channels": "channels",
    "register_directories": "directories",
    "register_connectors": "connectors",
    "register_nouns": "nouns",
    "register_routes": "routes",
    "register_hot_routes": "hot_routes",
    "register_console_sessions": "console_sessions",
    "register_personal_data": "personal_data",
    "register_subscribers": "subscribers",
    "register_jobs": "jobs",
    "register_commands": "commands",
    "register_health_checks": "health_checks",
    "register_renderer": "renderers",
}
OF_EACH_PLUGIN = {"register_commands"}


def thing(name: str = "same") -> Any:
    """Has a name of every kind that a contribution is found by."""
    paths: dict[str, Any] = {"path": f"/{name}", "paths": {f"/{name}"}, "http_methods": {"GET"}}
    return SimpleNamespace(name=name, title=name, operations=(), **paths)


def test_every_contribution_is_tested_here_by_name() -> None:
    assert sorted([*HOSTLESS, *SHELVES]) == sorted(CONTRIBUTIONS)


@pytest.mark.parametrize("name", CONTRIBUTIONS)
def test_contributions_come_in_requirement_order_with_the_host(name: str) -> None:
    host, seen = object(), []

    def giving(label: str) -> Callable[[dict[str, Any]], Any]:
        def give(given: dict[str, Any]) -> list[Any]:
            seen.append((label, given))
            return []

        return give

    base = plugin("zebra", {name: implementation(name, giving("zebra"))})
    user = plugin("apple", {name: implementation(name, giving("apple"))}, requires=("zebra",))
    hooks = hooks_of(user, base)
    seen.clear()
    list(hooks.contributions(name, **({} if name in HOSTLESS else {"host": host})))
    wanted = {} if name in HOSTLESS else {"host": host}
    assert seen == [("zebra", wanted), ("apple", wanted)]


@pytest.mark.parametrize("name", SHELVES)
def test_a_contribution_is_found_by_its_name_and_owned_by_its_plugin(name: str) -> None:
    registry = Registry()
    item = thing()
    collect(hooks_of(plugin("tiny", {name: lambda: [item]})), object(), registry)  # type: ignore[arg-type]  # no host is asked
    shelf = getattr(registry, SHELVES[name])
    assert list(shelf.owned()) == [("tiny", item)]
    assert list(shelf.of(frozenset({"tiny"})).values()) == [item]
    assert shelf.of(frozenset()) == {}


@pytest.mark.parametrize("name", sorted(SHELVES.keys() - OF_EACH_PLUGIN))
def test_two_contributions_of_one_name_stop_the_start_and_name_both(name: str) -> None:
    hooks = hooks_of(*(plugin(each, {name: lambda: [thing()]}) for each in ("alpha", "beta")))
    with pytest.raises(SetupError, match=r"alpha.*beta"):
        collect(hooks, object(), Registry())  # type: ignore[arg-type]


def test_commands_are_told_apart_by_their_plugin() -> None:
    hooks = hooks_of(*(plugin(each, {"register_commands": lambda: [thing()]}) for each in ("alpha", "beta")))
    registry = Registry()
    collect(hooks, object(), registry)  # type: ignore[arg-type]
    assert len(registry.commands.all()) == 2


def test_two_renderers_stop_the_start() -> None:
    class Other(SimpleNamespace):
        pass

    one = plugin("alpha", {"register_renderer": lambda: [thing()]})
    two = plugin("beta", {"register_renderer": lambda: [Other(name="other")]})
    with pytest.raises(SetupError, match="draw pages"):
        collect(hooks_of(one, two), object(), Registry())  # type: ignore[arg-type]


def test_what_is_no_such_thing_stops_the_start_and_names_the_plugin() -> None:
    with pytest.raises(SetupError, match="tiny"):
        collect(hooks_of(plugin("tiny", {"register_jobs": lambda: ["a text"]})), object(), Registry())  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["register_events", "register_permissions"])
def test_two_words_of_one_name_stop_the_start(name: str) -> None:
    hooks = hooks_of(*(plugin(each, {name: lambda: [thing()]}) for each in ("alpha", "beta")))
    with pytest.raises(SetupError, match=r"alpha.*beta"):
        collect_words(hooks, Catalogue(), Registry())


def test_a_sentence_that_is_there_already_stops_the_start_and_names_the_plugin() -> None:
    hooks = hooks_of(
        *(plugin(each, {"register_messages": lambda: {"en": {"same.id": "x"}}}) for each in ("alpha", "beta"))
    )
    with pytest.raises(SetupError, match=r"alpha and beta.*same\.id"):
        collect_words(hooks, Catalogue(), Registry())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("[tiny\ntitle = 'x'", "Expected"),
        (b"[tiny]\ntitle = '\xfc'", "utf-8"),
        ("[tiny]\ncount = 3", "tiny.count"),
    ],
    ids=["no TOML", "no UTF-8", "a number"],
)
def test_a_file_of_sentences_that_cannot_be_read_stops_the_start_and_is_named(
    words: str | bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / "de.toml").write_bytes(words.encode() if isinstance(words, str) else words)
    hooks = hooks_of(plugin("tiny", {"register_messages": lambda: read_locales(tmp_path)}))
    with pytest.raises(SetupError, match=rf"de\.toml.*{said}"):
        collect_words(hooks, Catalogue(), Registry())


def test_nothing_in_place_of_contributions_stops_the_start_and_names_the_plugin() -> None:
    with pytest.raises(SetupError, match=r"tiny registers NoneType in place of jobs"):
        collect(hooks_of(plugin("tiny", {"register_jobs": lambda: None})), object(), Registry())  # type: ignore[arg-type]


def test_an_argument_that_a_hook_does_not_give_stops_the_start_and_is_named() -> None:
    with pytest.raises(SetupError, match=r"tiny.*authorize_login.*ctx"):
        hooks_of(plugin("tiny", {"authorize_login": lambda ctx: ctx}))


NOT_PROMISED = {
    "plan_journey": "terms",
    "authorize_login": True,
    "authorize_action": "deny",
    "admit_attempt": 3,
    "visible_to": frozenset(),
    "notice_links": NOT_ME,
    "page_slot": EARLY,
    "nav_items": HOME,
    "template_context": ["tiny_logo"],
}


def test_every_hook_whose_answers_are_looked_into_is_tried_with_another_kind() -> None:
    assert NOT_PROMISED.keys() == promised.ONE.keys() | promised.SEVERAL.keys()


@pytest.mark.parametrize("name", sorted(NOT_PROMISED))
async def test_an_answer_of_another_kind_is_a_failure_like_any_other(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Such as a tuple of one without its comma."""
    await expect_failure(answering(name, NOT_PROMISED[name]), name)
    assert f"hook={name} plugin=" in capsys.readouterr().err
