"""What the documents quote is really in the files, what they tell to run exists, and what they point to is there."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from tests.tutorial.environment import ROOT
from xenia.cli import command_line
from xenia.commands.contributed import plugin_names
from xenia.plugin import hookspecs
from xenia.tenants.document import Reader, resolve
from xenia.testing.app import App

DOCS = ROOT / "docs"
FOLDERS = ("tutorial", "guides", "explanation", "security", "deploy")
PAGES = sorted(path for folder in FOLDERS for path in (DOCS / folder).rglob("*.md"))
QUOTE = re.compile(r"^<!-- (\S+) -->\n```\w+\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
COMMAND = re.compile(r"(?:^\$ |`)(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?xenia ([a-z][^\n`]*)", re.MULTILINE)
FILE_NAMED = re.compile(r"`((?:core|plugins|web|tests|docs|examples|scripts)/[\w./-]+)`")


def named(page: Path) -> str:
    return str(page.relative_to(DOCS))


def quotes() -> list[tuple[str, str, str]]:
    return [(named(page), path, block) for page in PAGES for path, block in QUOTE.findall(page.read_text("utf-8"))]


@pytest.mark.parametrize(("page", "path", "block"), quotes())
def test_a_quoted_block_is_in_its_file(page: str, path: str, block: str) -> None:
    assert block in (ROOT / path).read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_and_named_files_exist(page: Path) -> None:
    words = page.read_text("utf-8")
    missing = [target for target in LINK.findall(words) if not (page.parent / target).exists()]
    missing += [target for target in FILE_NAMED.findall(words) if not (ROOT / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_exist(page: Path) -> None:
    unknown = [
        line for line in COMMAND.findall(page.read_text("utf-8")) if not is_known(shlex.split(line, comments=True))
    ]
    assert unknown == []


def is_known(words: list[str]) -> bool:
    """Whether the core has this command (and the command below it), or a plugin may have it."""
    app = command_line()
    if words[0] not in app:
        return words[0] in plugin_names()
    below = [name for name in app[words[0]] if not name.startswith("-")]
    return not below or len(words) == 1 or words[1] in below


def test_the_guide_names_every_hook() -> None:
    guide = (DOCS / "guides" / "write-a-plugin.md").read_text("utf-8")
    hooks = [name for name in vars(hookspecs) if hasattr(getattr(hookspecs, name), f"{hookspecs.PROJECT}_spec")]
    assert len(hooks) > 30
    assert [name for name in hooks if f"`{name}`" not in guide] == []


def test_every_file_of_the_example_is_shown_or_linked() -> None:
    tutorial = (DOCS / "tutorial" / "first-plugin.md").read_text("utf-8")
    sources = (ROOT / "examples" / "xenia_picture_pin").rglob("*.*")
    names = {path.name for path in sources if path.suffix in (".py", ".html", ".toml")}
    assert {name for name in names if name not in tutorial} == set()


async def test_the_guide_s_tenant_document_is_read(app: App) -> None:
    data = tomllib.loads((ROOT / "examples" / "tenant.toml").read_text("utf-8"))
    kernel = app.kernel
    given = resolve(data, {"SHOP_SECRET": "a secret of the shop", "ADA_PASSWORD": "violet ladders hum quietly"})
    document = Reader(kernel.plugins, kernel.applications.protocols).read(given)
    assert [application.id for application in document.applications] == ["shop", "till"]
    assert set(document.settings) == {"sign_in", "sessions", "password", "totp"}
