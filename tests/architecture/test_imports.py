"""Who imports whom, line by line. What the tables of ARCHITECTURE allow is all there is."""

from __future__ import annotations

import subprocess
import sys
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.sources import ROOT, Import, modules, of_package, plugin_packages, target
from xenia.plugin.manifest import discover

TEMPLATE_ENGINES = {"minijinja", "jinja2"}
NOUNS = frozenset(
    {
        *("access", "applications", "credentials", "events", "grants", "jobs"),
        *("journeys", "notify", "sessions", "tenants", "tokens", "users"),
    }
)
GROUND = ("models", "contracts")
PLUGINS = plugin_packages()


def imports_of(package: str) -> list[Import]:
    return [found for module in of_package(package) for found in module.imports]


def to_ours(package: str) -> list[Import]:
    """What a package imports from other packages of this house."""
    found = imports_of(package)
    return [one for one in found if one.module.partition(".")[0] != package and one.module.startswith("xenia")]


def allowed_apis(package: str) -> set[str]:
    """The public modules of what a plugin's manifest requires."""
    installed = {plugin.module.__name__: plugin for plugin in discover()}
    required = installed[package].manifest.requires if package in installed else ()
    by_name = {plugin.name: name for name, plugin in installed.items()}
    return {f"{by_name[name]}.api" for name in required}


@pytest.mark.parametrize("package", PLUGINS)
def test_a_plugin_imports_the_public_api_and_what_it_requires(package: str) -> None:
    allowed = {"xenia.api"} | allowed_apis(package)
    assert [one.place for one in to_ours(package) if target(one) not in allowed] == []


def test_the_core_imports_no_plugin_no_page_and_no_template_engine() -> None:
    assert [one.place for one in to_ours("xenia")] == []
    engines = [one.place for one in imports_of("xenia") if one.module.partition(".")[0] in TEMPLATE_ENGINES]
    assert engines == []


def test_the_pages_import_the_public_api_only() -> None:
    assert [one.place for one in to_ours("xenia_web") if target(one) != "xenia.api"] == []


@pytest.mark.parametrize("package", PLUGINS)
def test_only_the_pages_know_a_template_engine(package: str) -> None:
    assert [one.place for one in imports_of(package) if one.module.partition(".")[0] in TEMPLATE_ENGINES] == []


def test_no_noun_reads_the_tables_of_another() -> None:
    wrong = []
    for module in of_package("xenia"):
        for one in module.imports:
            parts = target(one).split(".")
            if parts[0] == "xenia" and len(parts) > 2 and parts[1] in NOUNS and parts[2] == "tables":
                own = module.name.split(".")[1] if module.name.count(".") else ""
                if own in NOUNS and own != parts[1]:
                    wrong.append(one.place)
    assert wrong == []


def _is_ground(name: str) -> bool:
    parts = name.split(".")
    return (parts[0] == "xenia" and parts[-1] in GROUND) or name == "xenia.plugin.hookspecs"


def test_the_ground_floor_imports_no_service() -> None:
    wrong = [
        one.place
        for module in of_package("xenia")
        if _is_ground(module.name)
        for one in module.imports
        if target(one).startswith("xenia")
        and target(one).endswith((".service", ".tables", ".app", ".hooks", ".registry"))
    ]
    assert wrong == []


def test_imports_run_downwards_in_no_circle() -> None:
    known = modules()
    graph = {
        name: {target(one) for one in module.imports if not one.late and target(one) in known} - {name}
        for name, module in known.items()
    }
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as problem:
        pytest.fail(f"modules import each other in a circle: {' -> '.join(problem.args[1])}")


def test_every_noun_of_the_core_has_its_usual_files() -> None:
    for noun in sorted(NOUNS):
        folder = ROOT / "core" / "xenia" / noun
        assert (folder / "models.py").exists(), noun
        assert (folder / "contracts.py").exists(), noun


def test_the_core_starts_without_loading_a_template_engine() -> None:
    """The walk above sees our imports; this sees everybody's."""
    script = (
        "import sys, xenia.app, xenia.api; print(sorted({'minijinja', 'jinja2', 'xenia_web'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_a_start_loads_no_library_that_few_requests_need() -> None:
    """Imports are most of a start: what is slow to load waits for the first request that wants it."""
    late = {"aiosmtplib", "authlib", "cyclopts", "joserfc", "jwcrypto", "piccolo", "pydantic", "segno", "webauthn"}
    script = (
        "import sys, xenia.app, xenia.serving.server; from xenia.plugin.manifest import discover; "
        f"assert discover(); print(sorted({late} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
