"""Fragments of the changelog have names that a release can sort, and say something."""

from __future__ import annotations

import re

from tests.tutorial.environment import ROOT

KINDS = ("added", "changed", "deprecated", "removed", "fixed", "security")
NAME = re.compile(rf"[a-z0-9]+(-[a-z0-9]+)*\.({'|'.join(KINDS)})\.md")


def test_every_fragment_is_named_after_its_subject_and_kind_and_is_a_sentence() -> None:
    fragments = [path for path in (ROOT / "changelog").iterdir() if path.name != "README.md"]
    assert [path.name for path in fragments if not NAME.fullmatch(path.name)] == []
    texts = {path.name: path.read_text("utf-8").strip() for path in fragments}
    assert [name for name, text in texts.items() if not text.endswith(".") or text.startswith(("#", "-"))] == []


def test_the_readme_explains_every_kind() -> None:
    readme = (ROOT / "changelog" / "README.md").read_text("utf-8")
    assert [kind for kind in KINDS if f"| `{kind}` |" not in readme] == []
