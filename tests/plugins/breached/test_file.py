"""A file lists what was built into it, and nothing that is broken is believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugins.breached.conftest import built, listed, many, sha1
from xenia_breached.errors import CantTell
from xenia_breached.file import HEAD_BYTES, HashFile, Head, Shelf


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.txt"
    path.write_bytes(listed(many(500)))
    return path


@pytest.mark.parametrize("width", [5, 8, 20])
def test_everything_that_was_listed_is_found_and_nothing_else(tmp_path: Path, source: Path, width: int) -> None:
    built(source, tmp_path / "file", width=width)
    file = HashFile(tmp_path / "file")
    assert all(sha1(password) in file for password, _ in many(500))
    assert not any(sha1(f"other {number}") in file for number in range(500))
    assert (tmp_path / "file").stat().st_size == HEAD_BYTES + 500 * width


def test_the_ends_of_the_range_are_found(tmp_path: Path) -> None:
    source = tmp_path / "list.txt"
    source.write_text(f"{'0' * 40}:1\n{'F' * 40}:1\n")
    built(source, tmp_path / "file")
    file = HashFile(tmp_path / "file")
    assert bytes(20) in file
    assert b"\xff" * 20 in file
    assert b"\x7f" * 20 not in file


def test_a_head_is_read_as_it_was_written() -> None:
    head = Head(width=8, complete=True, least=3, count=7, source_size=1 << 40, source_time=1 << 60)
    assert Head.decoded(head.encoded()) == head
    assert len(head.encoded()) == HEAD_BYTES


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b"Y" + b[1:], lambda b: b[:9] + b"\0" + b[10:], lambda b: b[:0]]
)
def test_a_broken_file_is_not_believed(tmp_path: Path, source: Path, spoil: object) -> None:
    built(source, tmp_path / "file")
    whole = (tmp_path / "file").read_bytes()
    (tmp_path / "file").write_bytes(spoil(whole))  # type: ignore[operator]
    with pytest.raises(CantTell):
        HashFile(tmp_path / "file")


def test_a_new_file_is_used_at_once_and_a_missing_one_is_no_answer(tmp_path: Path, source: Path) -> None:
    shelf = Shelf(tmp_path / "file")
    assert shelf.holds(sha1("password 1")) is None
    built(source, tmp_path / "file")
    assert shelf.holds(sha1("password 1")) is True
    assert shelf.holds(sha1("password 1000")) is False
    source.write_bytes(listed([("password 1000", 1)]))
    built(source, tmp_path / "file")
    assert shelf.holds(sha1("password 1000")) is True
    (tmp_path / "file").unlink()
    assert shelf.holds(sha1("password 1000")) is None
