"""The contract suite: what every plugin keeps, whoever wrote it.

A plugin's own test is two lines::

    async def test_the_plugin_keeps_the_contract(make_app: MakeApp) -> None:
        assert await problems((await make_app([plugin_of(xenia_loyalty)])).kernel, "loyalty") == []
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
from litestar.handlers import BaseRouteHandler

from xenia.app import Kernel
from xenia.db import Row
from xenia.events.contracts import Subscriber
from xenia.forms import check, schema, to_plain
from xenia.http.models import Guard, GuardKind
from xenia.journeys.assurance import counted
from xenia.journeys.contracts import AuthMethod, Enrolment, ProtocolHandler, StepKind
from xenia.messages import Sentence, Text
from xenia.notify.contracts import Channel
from xenia.pages import PERSON_COLUMNS
from xenia.plugin.manifest import Plugin
from xenia.plugin.registry import Registry, Shelf
from xenia.sessions.models import Factor

LANGUAGES = ("en", "de")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_EVENT = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\.[a-z]+(_[a-z]+)*")
_PERMISSION = re.compile(r"xenia:[a-z][a-z0-9-]*:(read|write)")
_VALUE = re.compile(r"\{([a-z_]+)\}")
_TABLE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", re.IGNORECASE)
_DROPPED = re.compile(r"DROP TABLE (?:IF EXISTS )?(\w+)", re.IGNORECASE)
_TABLES = """
    SELECT c.relname AS name, c.relrowsecurity AS guarded,
           ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
           (SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = c.oid AND i.indisprimary) AS key_begins,
           EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND 'xenia_scoped'::regrole = ANY (p.polroles)
                   AND pg_get_expr(p.polqual, p.polrelid) LIKE '%xenia.tenant%'
                   AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%xenia.tenant%') AS policed
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname = ANY ($1)"""

Check = Callable[[Kernel, Plugin], Iterator[str]]


async def problems(kernel: Kernel, name: str) -> list[str]:
    """Everything that the plugin ``name`` of a running system does otherwise than every plugin must; empty = it keeps the contract."""
    plugin = next(each for each in kernel.installed if each.name == name)
    rows = await kernel.database.fetch(_TABLES, list(tables_of(plugin)))
    return [*(found for each in CHECKS for found in each(kernel, plugin)), *_tables(kernel, plugin, rows)]


def mine(shelf: Shelf[Any], plugin: Plugin) -> list[Any]:
    """What a plugin contributed of one kind."""
    return [item for owner, item in shelf.owned() if owner == plugin.name]


def tables_of(plugin: Plugin) -> tuple[str, ...]:
    """The tables that the plugin's scripts create and leave."""
    if not plugin.manifest.migrations:
        return ()
    folder = Path(cast("str", plugin.module.__file__)).parent
    scripts = [path.read_text("utf-8") for path in sorted(folder.rglob("*.sql"))]
    made, gone = ({name for script in scripts for name in found.findall(script)} for found in (_TABLE, _DROPPED))
    return tuple(sorted(made - gone))


def _manifest(kernel: Kernel, plugin: Plugin) -> Iterator[str]:
    """A plain name, the package's; a title and a summary that people can read."""
    name = plugin.name
    if not _NAME.fullmatch(name) or plugin.module.__name__.rpartition(".")[2] != f"xenia_{name}":
        yield f"the plugin {name} lives in {plugin.module.__name__}: small letters, in a package xenia_{name}"
    yield from _unsaid(kernel, "title", plugin.manifest.title)
    yield from _unsaid(kernel, "summary", plugin.manifest.summary)


def _unsaid(kernel: Kernel, what: str, sentence: Text) -> Iterator[str]:
    for language in LANGUAGES:
        if sentence.id not in kernel.catalogue.ids(language) and sentence.id != "literal":
            yield f"the {what} {sentence.id} has no sentence in {language}"


def _messages(_kernel: Kernel, plugin: Plugin) -> Iterator[str]:
    """The same sentences in every language, with the same values."""
    read = getattr(plugin.module, "register_messages", None)
    locales = read() if read else {}
    known = {language: dict(locales.get(language, {})) for language in LANGUAGES}
    every = set().union(*known.values())
    for language, sentences in known.items():
        if missing := sorted(every - sentences.keys()):
            yield f"no sentence in {language} for {', '.join(missing)}"
    for id_ in sorted(set.intersection(*(set(sentences) for sentences in known.values()))):
        values = {language: _values(sentences[id_]) for language, sentences in known.items()}
        if len(set(values.values())) > 1:
            yield f"the sentence {id_} has other values in other languages: {values}"


def _values(sentence: Sentence) -> frozenset[str]:
    words = [sentence] if isinstance(sentence, str) else list(sentence.values())
    return frozenset(name for each in words for name in _VALUE.findall(each)) - {"count"}


def _names(kernel: Kernel, plugin: Plugin) -> Iterator[str]:
    """Permissions and events are named alike everywhere, and each is a sentence."""
    for permission in mine(kernel.registry.permissions, plugin):
        if not _PERMISSION.fullmatch(permission.name) or not permission.title.endswith("."):
            yield f"the permission {permission.name} is no xenia:<noun>:<read|write> with a sentence"
    for event in mine(kernel.registry.events, plugin):
        if not _EVENT.fullmatch(event.name) or not event.title.endswith("."):
            yield f"the event {event.name} is no noun.past_verb with a sentence"


def _settings(_kernel: Kernel, plugin: Plugin) -> Iterator[str]:
    """A frozen struct that knows all its fields and whose defaults are right."""
    if (kind := plugin.manifest.settings) is None:
        return
    config = kind.__struct_config__
    if not (config.frozen and config.forbid_unknown_fields):
        yield f"{kind.__name__} is not frozen, or takes unknown fields"
    if required := [field.name for field in msgspec.structs.fields(kind) if field.required]:
        yield f"{kind.__name__} has no default for {', '.join(required)}"
        return
    _, wrong = check(kind, msgspec.to_builtins(kind(), enc_hook=to_plain))
    yield from (f"{kind.__name__}.{name}: the default is refused: {sentence.id}" for name, sentence in wrong.items())
    schema(kind)


def _routes(kernel: Kernel, plugin: Plugin) -> Iterator[str]:
    """Every route has a guard; a public one says why, and only a form may come from another site."""
    for handler in mine(kernel.registry.routes, plugin):
        yield from _guarded(", ".join(sorted(handler.paths)), _guard(handler), _methods(handler))
    for route in mine(kernel.registry.hot_routes, plugin):
        yield from _guarded(route.path, route.guard, route.methods)


def _guarded(path: str, guard: Guard | None, methods: frozenset[str]) -> Iterator[str]:
    if guard is None:
        yield f"the route {path} has no guard"
    elif guard.kind is GuardKind.PUBLIC and not guard.reason.endswith("."):
        yield f"the public route {path} says no reason"
    elif guard.cross_site and methods != {"POST"}:
        yield f"the route {path} takes more than a form from other sites"
    elif guard.kind is GuardKind.BEARER and not guard.permission:
        yield f"the route {path} asks for no permission"


def _guard(handler: BaseRouteHandler) -> Guard | None:
    found = (handler.opt or {}).get("guard")
    return found if isinstance(found, Guard) else None


def _methods(handler: Any) -> frozenset[str]:
    return frozenset(str(method) for method in getattr(handler, "http_methods", ())) - {"OPTIONS"}


CONTRACTS: tuple[tuple[str, type[Any]], ...] = (
    ("auth_methods", AuthMethod),
    ("enrolments", Enrolment),
    ("steps", StepKind),
    ("protocols", ProtocolHandler),
    ("channels", Channel),
    ("subscribers", Subscriber),
)


def _shapes(kernel: Kernel, plugin: Plugin) -> Iterator[str]:
    """What is contributed has the attributes and the asynchronous methods of its contract, and a label that can be read."""
    for shelf, contract in CONTRACTS:
        for item in mine(_shelf(kernel.registry, shelf), plugin):
            yield from _shape(item, contract)
            if label := getattr(item, "label", None):
                yield from _unsaid(kernel, "label", label)


def _shape(item: Any, contract: type[Any]) -> Iterator[str]:
    name = f"{contract.__name__} {getattr(item, 'name', type(item).__name__)}"
    for attribute in inspect.get_annotations(contract):
        if not hasattr(item, attribute):
            yield f"{name} has no {attribute}"
    for method, wanted in inspect.getmembers(contract, inspect.isfunction):
        if not method.startswith("_") and inspect.iscoroutinefunction(wanted) and not _is_async(item, method):
            yield f"{name} has no asynchronous {method}"


def _is_async(item: Any, method: str) -> bool:
    return inspect.iscoroutinefunction(getattr(item, method, None))


def _factors(kernel: Kernel, plugin: Plugin) -> Iterator[str]:
    """A second factor adds something to a password: who has one is always asked for two different factors."""
    methods = kernel.registry.auth_methods.all()
    for enrolment in mine(kernel.registry.enrolments, plugin):
        method = methods.get(enrolment.name)
        if enrolment.second and method is not None and counted(method.factors) <= {Factor.KNOWLEDGE}:
            yield (
                f"the enrolment {enrolment.name} is a second factor, and its method shows nothing but what is known: "
                "whoever has it and a password can never sign in again"
            )


def _shelf(registry: Registry, name: str) -> Shelf[Any]:
    found: Shelf[Any] = getattr(registry, name)
    return found


def _tables(kernel: Kernel, plugin: Plugin, rows: list[Row]) -> Iterator[str]:
    """The plugin's own tables: named after it, keyed and guarded by the tenant; what is about people can be shown and erased."""
    about_people = bool(mine(kernel.registry.enrolments, plugin))
    found = {row["name"]: row for row in rows}
    for name in tables_of(plugin):
        if (row := found.get(name)) is None:
            yield f"the table {name} is not in the database: run the migrations"
            continue
        about_people = about_people or bool(PERSON_COLUMNS & set(row["columns"]))
        yield from _table(plugin, row)
    if about_people and not mine(kernel.registry.personal_data, plugin):
        yield f"the plugin {plugin.name} keeps data of people and registers no personal data"


def _table(plugin: Plugin, row: Row) -> Iterator[str]:
    name = row["name"]
    if not name.startswith(f"{plugin.name}_"):
        yield f"the table {name} is not named after its plugin"
    if row["key_begins"] != "tenant_id":
        yield f"the key of the table {name} doesn't begin with tenant_id"
    if not (row["guarded"] and row["policed"]):
        yield f"the table {name} has no policy for the tenant"


CHECKS: tuple[Check, ...] = (_manifest, _messages, _names, _settings, _routes, _shapes, _factors)
