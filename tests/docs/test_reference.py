"""The documentation is true: generated pages are what the generator prints, links lead somewhere, and snippets can be read."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import textwrap
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    [
        *DOCS.rglob("*.md"),
        ROOT / "README.md",
        *ROOT.glob("plugins/*/README.md"),
        ROOT / "web" / "xenia_web" / "README.md",
    ]
)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^( *)```(\w+)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def generator() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("xenia_docs", ROOT / "scripts" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def printed() -> dict[str, str]:
    pages: dict[str, str] = generator().printed()
    return pages


def snippets(language: str) -> Iterator[tuple[str, str]]:
    """Where each snippet of a language stands, and its text."""
    for page in PAGES:
        text = page.read_text("utf-8")
        for found in _FENCE.finditer(text):
            if found[2] == language:
                line = text[: found.start()].count("\n") + 1
                yield f"{page.relative_to(ROOT)}:{line}", textwrap.dedent(found[3])


def test_the_generated_pages_are_what_the_code_says() -> None:
    written = {
        path.name: path.read_text("utf-8") for path in (DOCS / "reference").glob("*.md") if path.name in printed()
    }
    stale = sorted(name for name, words in printed().items() if written.get(name) != words)
    assert stale == [], "run `make docs`, and read the difference"


def test_the_generated_pages_are_the_same_each_time() -> None:
    assert generator().printed() == printed()


def test_every_hook_stands_in_the_reference_with_its_signature() -> None:
    import inspect

    from xenia.plugin import hookspecs

    page = printed()["hooks.md"]
    for name, spec in vars(hookspecs).items():
        if hasattr(spec, f"{hookspecs.PROJECT}_spec"):
            signature = str(inspect.signature(spec)).replace("'", "")
            assert f"def {name}{signature}: ..." in page, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_of_ours_leads_there(page: Path) -> None:
    broken = []
    for link in _LINK.findall(page.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (fragment and target.suffix == ".md" and fragment not in anchors(target)):
            broken.append(link)
    assert broken == []


def anchors(page: Path) -> set[str]:
    """What a heading can be linked by."""
    headings = _HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_python_snippet_is_python() -> None:
    for where, code in snippets("python"):
        try:
            ast.parse(code)
        except SyntaxError as problem:
            pytest.fail(f"{where}: {problem}")


def test_every_toml_snippet_is_toml() -> None:
    for where, code in snippets("toml"):
        try:
            tomllib.loads(code)
        except tomllib.TOMLDecodeError as problem:
            pytest.fail(f"{where}: {problem}")


@pytest.mark.parametrize("language", ["bash", "sh"])
def test_every_shell_snippet_is_shell(language: str) -> None:
    for where, code in snippets(language):
        done = subprocess.run(["bash", "-n"], input=code, text=True, capture_output=True, check=False)
        assert done.returncode == 0, f"{where}: {done.stderr}"


def test_every_decision_is_listed() -> None:
    folder = DOCS / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    assert [path.name for path in sorted(folder.glob("0*.md")) if f"({path.name})" not in index] == []
