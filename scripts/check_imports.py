"""Check who may import whom, with import-linter, over the plugins that exist.

The contracts are made from the folders under plugins/ and web/, so that deleting or adding one needs no edit here.
That a plugin imports nothing of `xenia` but `xenia.api` is checked by tests/architecture, line by line.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import permutations
from pathlib import Path
from typing import Any

import tomli_w
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE_ENGINES = ["minijinja", "jinja2"]
Contract = dict[str, Any]


def packages(folder: str) -> list[str]:
    """The names of the packages under a source root, sorted."""
    return sorted(path.parent.name for path in (ROOT / folder).glob("*/__init__.py"))


def forbidden(name: str, sources: list[str], targets: list[str]) -> Contract:
    """A contract: `sources` import none of `targets`, not even through something else."""
    return {"name": name, "type": "forbidden", "source_modules": sources, "forbidden_modules": targets}


def independent(plugins: list[str]) -> Contract:
    """A contract: plugins import each other's `api` module only."""
    allowed = [(user, f"{used}.api") for user, used in permutations(plugins, 2)]
    return {
        "name": "No plugin knows another's insides",
        "type": "independence",
        "modules": plugins,
        "ignore_imports": [f"{user}{below} -> {api}" for user, api in allowed for below in ("", ".**")],
        "unmatched_ignore_imports_alerting": "none",
    }


def contracts(pages: list[str], plugins: list[str]) -> list[Contract]:
    """The rules that apply to the packages at hand."""
    core_avoids = [*pages, *plugins, *TEMPLATE_ENGINES]
    rules = [forbidden("The core knows no plugin, no page, no template engine", ["xenia"], core_avoids)]
    if pages and plugins:
        rules.append(forbidden("The pages know no plugin", pages, plugins))
        rules.append(forbidden("No plugin knows the pages", plugins, pages))
    if len(plugins) > 1:
        rules.append(independent(plugins))
    return rules


def configuration(pages: list[str], plugins: list[str]) -> dict[str, Any]:
    """The configuration of import-linter."""
    settings = {
        "root_packages": ["xenia", *pages, *plugins],
        "include_external_packages": True,
        "contracts": contracts(pages, plugins),
    }
    return {"tool": {"importlinter": settings}}


def main() -> int:
    """Exit status of import-linter: 0 when every contract is kept."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "importlinter.toml"
        config.write_text(tomli_w.dumps(configuration(packages("web"), packages("plugins"))))
        status: int = lint_imports(config_filename=str(config), no_cache=True, no_logo=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
