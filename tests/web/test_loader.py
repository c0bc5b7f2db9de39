"""Templates in development: an edit is seen at once, and what nobody edited is not read again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xenia_web import loader
from xenia_web.loader import Loader


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(loader, "host_folder", lambda: tmp_path)
    (tmp_path / "page.html").write_text("one")
    return tmp_path


def edit(path: Path, text: str) -> None:
    """Write, a second later by the file's clock, which may be coarse."""
    later = path.stat().st_mtime + 1
    path.write_text(text)
    os.utime(path, (later, later))


def test_what_nobody_edited_has_not_changed(folder: Path) -> None:
    load = Loader({})
    assert not load.has_changed()
    assert load("page.html") == "one"
    assert not load.has_changed()


def test_an_edit_is_told_once(folder: Path) -> None:
    load = Loader({})
    load("page.html")
    edit(folder / "page.html", "two")
    assert load.has_changed()
    assert load("page.html") == "two"
    assert not load.has_changed()


def test_a_file_that_is_gone_has_changed(folder: Path) -> None:
    load = Loader({})
    load("page.html")
    (folder / "page.html").unlink()
    assert load.has_changed()
    assert load("page.html") is None


def test_an_edit_of_what_was_never_read_is_nothing(folder: Path) -> None:
    load = Loader({})
    (folder / "other.html").write_text("else")
    assert not load.has_changed()
