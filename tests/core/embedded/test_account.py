"""Folders of the account that a server runs under."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from xenia.embedded.account import account_for
from xenia.embedded.errors import EmbeddedError

STARTERS = 8


def test_of_many_that_start_at_once_nobody_meets_a_folder_of_somebody_else(tmp_path: Path) -> None:
    account = account_for(tmp_path / "data")
    with ThreadPoolExecutor(STARTERS) as pool:
        for number in range(200):
            folder, together = tmp_path / str(number), threading.Barrier(STARTERS)

            def make(folder: Path = folder, together: threading.Barrier = together) -> Path:
                together.wait()
                return account.make_private(folder)

            assert {made.result() for made in [pool.submit(make) for _ in range(STARTERS)]} == {folder}
            assert folder.stat().st_uid == account.uid
            assert folder.stat().st_mode & 0o777 == 0o700
    assert not list(tmp_path.glob(".*")), "no draft is left"


def test_what_is_no_folder_is_not_taken(tmp_path: Path) -> None:
    account = account_for(tmp_path / "data")
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(EmbeddedError, match="belongs to somebody else"):
            account.make_private(tmp_path / name)
