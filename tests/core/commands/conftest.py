"""Commands run in this process, as the command line runs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from xenia.cli import run


class Ended(msgspec.Struct, frozen=True):
    """What a command came to."""

    code: int
    out: str
    err: str


Xenia = Callable[..., Ended]


@pytest.fixture
def xenia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Xenia:
    """Runs a command in a folder of its own: ``xenia("tenants", "list", data_dir="...")``."""
    monkeypatch.chdir(tmp_path)

    def ended(*tokens: str, **settings: str) -> Ended:
        with monkeypatch.context() as patched:
            for key, value in settings.items():
                patched.setenv(f"XENIA_{key.upper()}", value)
            capsys.readouterr()
            code = run(list(tokens))
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return ended


@pytest.fixture
def settings(tmp_path: Path, database_address: str, monkeypatch: pytest.MonkeyPatch, xenia: Xenia) -> dict[str, str]:
    """A set-up on the test's database, migrated, that every command of the test runs on."""
    values = {"data_dir": str(tmp_path), "database_url": database_address, "development": "true"}
    for key, value in values.items():
        monkeypatch.setenv(f"XENIA_{key.upper()}", value)
    assert xenia("migrate").code == 0
    return values
