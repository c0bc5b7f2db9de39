"""Plugins come and go: each alone, all, and none make a system that starts, and each keeps the contract."""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import msgspec
import pytest
from litestar import get

from tests.architecture.running import BY_NAME, INSTALLED, NAMES, with_needs, without
from tests.architecture.sources import of_package
from tests.architecture.tiny import plugin
from tests.architecture.tree import Tree
from xenia.api import Manifest, SetupError, literal
from xenia.plugin import manifest
from xenia.plugin.manifest import Plugin, discover, in_order, plugin_of
from xenia.testing.app import App, MakeApp
from xenia.testing.contract import problems


async def serves(app: App) -> None:
    """The sign-in page is there: as HTML where somebody draws it, else as JSON."""
    await app.tenant()
    browser = app.browser()
    page = await browser.get("/sign-in")
    assert page.status_code == 200, page.text
    kind = "text/html" if app.kernel.renderer else "application/json"
    assert page.headers["content-type"].startswith(kind)
    assert "identifier" in page.text
    assert (await browser.client.get("/health/ready")).status_code in (200, 503)
    assert (await browser.client.get("/health/live")).status_code == 200


@pytest.mark.parametrize("name", NAMES)
async def test_a_plugin_alone_makes_a_system_that_serves(name: str, make_app: MakeApp) -> None:
    await serves(await make_app(with_needs(name)))


async def test_all_plugins_make_a_system_that_serves(make_app: MakeApp) -> None:
    await serves(await make_app(INSTALLED))


async def test_no_plugin_makes_a_system_that_serves(make_app: MakeApp) -> None:
    await serves(await make_app(()))


@pytest.mark.parametrize("name", NAMES)
async def test_a_system_without_a_plugin_serves(name: str, make_app: MakeApp) -> None:
    await serves(await make_app(without(name)))


@pytest.mark.parametrize("name", NAMES)
async def test_every_plugin_keeps_the_contract(name: str, make_app: MakeApp) -> None:
    app = await make_app(with_needs(name))
    assert await problems(app.kernel, name) == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_but_the_plugin_itself_imports_it(name: str) -> None:
    package = BY_NAME[name].module.__name__
    for others in ("xenia", "xenia_web"):
        if others != package:
            found = [
                one.place for module in of_package(others) for one in module.imports if one.module.startswith(package)
            ]
            assert found == []


SMOKE = "tests/architecture/smoke_without.py"
SOME_TESTS = ("-m", "not slow", SMOKE, *(f"tests/core/{each}" for each in ("schema", "credentials", "tenants")))
EVERY_TEST = (SMOKE, "tests/core")
SAMPLES = {"password": ("commands", "http", "journeys"), "web": ("http", "journeys"), "totp": ("journeys",)}
"""Where the core's tests sign people in: they need a method and its pages as samples, and go with them."""


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_deleting_a_plugin_leaves_a_system_that_passes_the_cores_tests(name: str, database_server: str) -> None:
    """Its folder and its line are deleted in a copy of the tree. With XENIA_FULL=1 every test of the core runs there."""
    needing = [each.name for each in INSTALLED if name in each.manifest.requires]
    assert needing == [], "this deletes one plugin at a time"
    with tempfile.TemporaryDirectory(prefix="xenia-without-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as root, an embedded server runs under an account of its own
        tree = Tree.copied(Path(folder))
        tree.delete(name, package := BY_NAME[name].module.__name__)
        (Path(folder) / SMOKE).with_name("gone.txt").write_text(package)
        left_out = [f"--ignore=tests/core/{each}" for each in SAMPLES.get(name, ())]
        tests = EVERY_TEST if os.environ.get("XENIA_FULL") == "1" else SOME_TESTS
        done = tree.test(database_server, *left_out, *tests)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


# -- what stops a start


def named(name: str) -> Plugin:
    return plugin(name)


def test_two_plugins_of_one_name_stop_the_start() -> None:
    with pytest.raises(SetupError, match="two plugins are called same"):
        in_order([named("same"), named("same")])


def test_a_requirement_that_is_not_installed_stops_the_start() -> None:
    with pytest.raises(SetupError, match=r"tiny requires base"):
        in_order([plugin("tiny", requires=("base",))])


def test_plugins_that_require_each_other_stop_the_start() -> None:
    with pytest.raises(SetupError, match="circle"):
        in_order([plugin("a", requires=("b",)), plugin("b", requires=("a",))])


@pytest.mark.parametrize(
    "source",
    [
        "import a_library_that_nobody_has",
        """from xenia.api import Manifest, literal
late = ("a_library_that_nobody_has",)
manifest = Manifest(name="wanting", title=literal("W"), summary=literal("W"), libraries=late)""",
    ],
    ids=["loaded at the start", "loaded late"],
)
def test_a_plugin_that_lacks_a_library_stops_the_start_and_says_what_to_install(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xenia_wanting.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "xenia_wanting", raising=False)
    monkeypatch.setattr(manifest, "entry_points", lambda group: [EntryPoint("wanting", "xenia_wanting", group)])
    with pytest.raises(SetupError, match=r"wanting needs a_library_that_nobody_has: install it, or"):
        discover()


def test_a_library_that_an_extra_brings_is_told_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "find_spec", lambda name: None if name == "segno" else find_spec(name))
    with pytest.raises(SetupError, match=r"the plugin totp needs segno: install it \(`pip install xenia\[totp\]`\)"):
        discover(["totp"])


def test_a_plugin_whose_folder_is_gone_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "entry_points", lambda group: [EntryPoint("teams", "xenia_teams", group)])
    with pytest.raises(SetupError, match="the plugin teams has an entry point and no package xenia_teams: put") as gone:
        discover()
    assert "pip install" not in gone.value.detail


def test_a_module_without_a_manifest_is_no_plugin() -> None:
    with pytest.raises(SetupError, match="xenia_empty"):
        plugin_of(ModuleType("xenia_empty"))


async def test_a_route_without_a_guard_stops_the_start_and_names_plugin_and_path(make_app: MakeApp) -> None:
    @get("/open")
    async def open_route() -> str:
        return "open"

    with pytest.raises(SetupError, match=r"careless.*/open"):
        await make_app([plugin("careless", {"register_routes": lambda: [open_route]})])


@pytest.mark.parametrize("guard", [None, "public", {"kind": "public"}])
async def test_a_guard_that_is_none_of_ours_stops_the_start(guard: Any, make_app: MakeApp) -> None:
    @get("/open", opt={"guard": guard})
    async def open_route() -> str:
        return "open"

    with pytest.raises(SetupError, match="careless"):
        await make_app([plugin("careless", {"register_routes": lambda: [open_route]})])


class NeedsUrl(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings with a field that has no default."""

    length: int = 8
    url: str


class Short(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings whose own default is refused."""

    length: Annotated[int, msgspec.Meta(ge=10)] = 8


class Contrary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings whose defaults don't go together."""

    length: int = 8

    def __post_init__(self) -> None:
        raise ValueError("never right")


class Plain:
    """No struct."""


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (NeedsUrl, "NeedsUrl has no default for url"),
        (Short, "the default of Short.length is refused"),
        (Contrary, "Contrary: never right"),
        (Plain, "Plain is no msgspec.Struct"),
    ],
)
def test_settings_that_cannot_be_used_stop_the_start_in_one_line(settings: Any, told: str) -> None:
    module = ModuleType("xenia_careless")
    manifest = Manifest(name="careless", title=literal("Careless"), summary=literal("No."), settings=settings)
    vars(module)["manifest"] = manifest
    with pytest.raises(SetupError) as refused:
        plugin_of(module)
    assert refused.value.detail == f"the plugin careless has settings that can't be used: {told}"
