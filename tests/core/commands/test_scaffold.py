"""A plugin that was begun passes its tests at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.serving.processes import PATIENCE
from xenia.cli import run

ROOT = Path(__file__).parents[3]


def test_it_passes_its_tests_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plugin", "new", "loyalty_points", "--folder", str(tmp_path / "plugins")]) == 0
    assert 'loyalty_points = "xenia_loyalty_points"' in capsys.readouterr().out
    _install(tmp_path / "plugins", "loyalty_points")
    tests = tmp_path / "tests" / "plugins" / "loyalty_points"
    (tests / "conftest.py").write_text("from tests.conftest import *\nfrom tests.conftest import migration_apps\n")
    arguments = ["-q", "-p", "no:cacheprovider", "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), str(tests)]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "plugins")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "2 passed" in ended.stdout


def _install(folder: Path, name: str) -> None:
    """What the line in pyproject.toml and ``pip install`` amount to."""
    info = folder / f"xenia_{name}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: xenia-{name}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[xenia]\n{name} = xenia_{name}\n")


def test_it_keeps_the_rules_of_style(tmp_path: Path) -> None:
    assert run(["plugin", "new", "loyalty", "--folder", str(tmp_path / "plugins")]) == 0
    for tool in (["check", "--ignore", "I,S101"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *tool, "--config", str(ROOT / "pyproject.toml"), str(tmp_path)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("name", ["Loyalty", "9lives", "a-b", "", "x__y", "../up"])
def test_a_name_that_will_not_do_is_one_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plugin", "new", "--folder", str(tmp_path), "--", name]) == 1
    assert capsys.readouterr().err.startswith("xenia: ")


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plugin", "new", "loyalty", "--folder", str(tmp_path / "plugins")]) == 0
    assert run(["plugin", "new", "loyalty", "--folder", str(tmp_path / "plugins")]) == 1
    assert "exists already" in capsys.readouterr().err
