"""A build reads once, goes on where it was broken off, and replaces the file in one step."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugins.breached.conftest import built, listed, many, sha1
from xenia_breached import build as module
from xenia_breached.build import Build, Done
from xenia_breached.errors import BuildRefused
from xenia_breached.file import HashFile


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.txt"
    path.write_bytes(listed(many(2000)))
    return path


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 1000)
    monkeypatch.setattr(module, "CHECKPOINT", 800)


def steps(source: Path, target: Path, *, width: int = 8, least: int = 1) -> Iterator[Done]:
    return Build(source, target, width=width, least=least).steps()


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("after", [1, 2, 3, 17, 50, 90])
def test_a_build_that_was_broken_off_goes_on_and_ends_with_the_same_bytes(
    tmp_path: Path, source: Path, after: int
) -> None:
    built(source, tmp_path / "at once")
    begun = steps(source, tmp_path / "file")
    for _ in range(after):
        next(begun)
    begun.close()  # type: ignore[attr-defined]
    assert not (tmp_path / "file").exists()
    resumed = steps(source, tmp_path / "file")
    first = next(resumed)
    assert (first.read > 0) == (after > 3)
    for _ in resumed:
        pass
    assert (tmp_path / "file").read_bytes() == (tmp_path / "at once").read_bytes()
    assert not (tmp_path / "file.part").exists()


@pytest.mark.usefixtures("small_pieces")
def test_what_was_not_safely_on_the_disk_is_written_again(tmp_path: Path, source: Path) -> None:
    begun = steps(source, tmp_path / "file")
    for _ in range(40):
        next(begun)
    begun.close()  # type: ignore[attr-defined]
    part = tmp_path / "file.part"
    part.write_bytes(part.read_bytes()[:-3] + bytes(100))
    built(source, tmp_path / "file")
    file = HashFile(tmp_path / "file")
    assert file.head.count == 2000
    assert all(sha1(password) in file for password, _ in many(2000))


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("change", ["source", "width", "least"])
def test_another_source_or_another_way_begins_anew(tmp_path: Path, source: Path, change: str) -> None:
    begun = steps(source, tmp_path / "file")
    for _ in range(40):
        next(begun)
    begun.close()  # type: ignore[attr-defined]
    if change == "source":
        source.write_bytes(listed(many(1000)))
    again = steps(source, tmp_path / "file", width=6 if change == "width" else 8, least=2 if change == "least" else 1)
    assert next(again).read == 0
    for _ in again:
        pass


@pytest.mark.usefixtures("small_pieces")
def test_what_was_seen_less_often_is_left_out(tmp_path: Path, source: Path) -> None:
    built(source, tmp_path / "file", least=6)
    file = HashFile(tmp_path / "file")
    assert file.head.count == 1000
    assert [sha1(password) in file for password, _ in many(20)] == [count >= 6 for _, count in many(20)]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_both_line_ends_and_a_missing_last_one_are_read(tmp_path: Path, ending: str) -> None:
    source = tmp_path / "list.txt"
    source.write_bytes(listed(many(10), ending=ending).rstrip())
    built(source, tmp_path / "file")
    assert HashFile(tmp_path / "file").head.count == 10


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"hello\n",
        b"0" * 39 + b":1\n",
        b"0" * 40 + b":x\n",
        b"0" * 40 + b":1\n\n" + b"1" * 40 + b":1\n",
        b"\0" * 50,
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "list.txt").write_bytes(text)
    with pytest.raises(BuildRefused):
        built(tmp_path / "list.txt", tmp_path / "file")
    assert not (tmp_path / "file").exists()


@pytest.mark.usefixtures("small_pieces")
def test_a_list_out_of_order_is_refused(tmp_path: Path, source: Path) -> None:
    lines = source.read_bytes().splitlines(keepends=True)
    random.Random(1).shuffle(lines)
    source.write_bytes(b"".join(lines))
    with pytest.raises(BuildRefused, match="not in order"):
        built(source, tmp_path / "file")


@pytest.mark.usefixtures("small_pieces")
def test_a_list_in_order_in_each_piece_but_not_over_all_is_refused(tmp_path: Path, source: Path) -> None:
    lines = source.read_bytes().splitlines(keepends=True)
    source.write_bytes(b"".join(lines[1000:] + lines[:1000]))
    with pytest.raises(BuildRefused, match="not in order"):
        built(source, tmp_path / "file")


@pytest.mark.usefixtures("small_pieces")
def test_two_builds_of_one_file_do_not_mix(tmp_path: Path, source: Path) -> None:
    first = steps(source, tmp_path / "file")
    next(first)
    with pytest.raises(BuildRefused, match="another build"):
        next(steps(source, tmp_path / "file"))
    first.close()  # type: ignore[attr-defined]


def test_a_missing_source_and_a_folder_are_one_line_each(tmp_path: Path) -> None:
    for source in (tmp_path / "nothing", tmp_path):
        with pytest.raises(BuildRefused):
            built(source, tmp_path / "file")


@pytest.mark.usefixtures("small_pieces")
def test_a_file_in_use_stays_what_it_was_until_the_new_one_is_whole(tmp_path: Path, source: Path) -> None:
    built(source, tmp_path / "file")
    before = HashFile(tmp_path / "file")
    source.write_bytes(listed([(f"newer {number}", 1) for number in range(2000)]))
    begun = steps(source, tmp_path / "file")
    for _ in range(20):
        next(begun)
    assert sha1("password 5") in HashFile(tmp_path / "file")
    for _ in begun:
        pass
    assert sha1("password 5") in before
    assert sha1("password 5") not in HashFile(tmp_path / "file")
