"""The command line as an operator meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.core.commands.conftest import Xenia
from xenia.cli import run


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    for name in ("serve", "worker", "migrate", "plan", "apply", "export", "tenants", "users", "doctor"):
        assert f" {name} " in shown


@pytest.mark.parametrize(
    "tokens", [["nonsense"], ["tenants", "list", "--bogus"], ["serve", "--workers", "many"], ["apply"]]
)
def test_wrong_use_is_one_line_and_two(tokens: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tokens) == 2
    said = capsys.readouterr().err
    assert said.startswith("xenia: ")
    assert said.count("\n") == 1


def test_an_unusable_setting_is_one_line(tmp_path: Path, xenia: Xenia) -> None:
    (tmp_path / "xenia.toml").write_text("workers = 'many'\n")
    ended = xenia("serve")
    assert ended.code == 1
    assert ended.err == f"xenia: workers (from {tmp_path}/xenia.toml): 'many': write a whole number from 1 to 256\n"


def test_each_unusable_setting_has_a_line_of_its_own(tmp_path: Path, xenia: Xenia) -> None:
    (tmp_path / "xenia.toml").write_text("bogus = 1\nlisten = 'here'\n")
    ended = xenia("config", "check")
    assert ended.code == 1
    assert [line.split()[1] for line in ended.err.splitlines()] == ["bogus", "listen"]


def test_a_file_that_is_not_toml_is_one_line(tmp_path: Path, xenia: Xenia) -> None:
    (tmp_path / "xenia.toml").write_text("= what")
    ended = xenia("serve")
    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert "not TOML" in ended.err


def test_config_show_tells_where_a_value_comes_from_and_masks_secrets(tmp_path: Path, xenia: Xenia) -> None:
    (tmp_path / "xenia.toml").write_text("workers = 3\n")
    ended = xenia("config", "show", "--json", smtp_url="smtp://me:hunter2@mail.example")
    rows = {row["key"]: row for row in json.loads(ended.out)}
    assert rows["workers"] == {"key": "workers", "value": "3", "from": f"{tmp_path}/xenia.toml"}
    assert rows["smtp_url"] == {"key": "smtp_url", "value": "***", "from": "XENIA_SMTP_URL"}
    assert rows["listen"]["from"] == "default"
    assert "hunter2" not in ended.out


def test_a_database_that_is_away_is_one_line(tmp_path: Path, xenia: Xenia) -> None:
    settings = {"data_dir": str(tmp_path), "database_url": "postgresql://xenia@127.0.0.1:1/xenia"}
    for command in (["migrate"], ["tenants", "list"]):
        ended = xenia(*command, **settings)
        assert ended.code == 1
        assert ended.err.count("\n") == 1, ended.err
        assert "database" in ended.err


def test_a_data_folder_that_can_not_be_made_is_one_line(tmp_path: Path, xenia: Xenia, database_address: str) -> None:
    (tmp_path / "var").write_text("a file")
    ended = xenia("migrate", database_url=database_address)
    assert ended.code == 1
    assert ended.err == "xenia: var can't be made (File exists): set data_dir to a folder of yours\n"
