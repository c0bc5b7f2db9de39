"""``xenia breached build`` says how far it is, and what it made."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests.plugins.breached.conftest import listed, many
from xenia.api import Operations
from xenia_breached.build import Done
from xenia_breached.command import build, place
from xenia_breached.errors import BuildRefused
from xenia_breached.progress import Progress


def operations(folder: Path) -> Operations:
    return cast("Operations", SimpleNamespace(settings=SimpleNamespace(data_dir=folder)))


async def test_it_builds_into_the_installations_folder_and_says_what(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "list.txt"
    source.write_bytes(listed(many(1200)))
    assert await build(operations(tmp_path), source) == 0
    said = capsys.readouterr()
    assert said.out == f"{place(tmp_path)}: 1,200 hashes of 8 bytes\n"
    assert "100 %  1,200 hashes" in said.err


@pytest.mark.parametrize(("width", "least"), [(4, 1), (21, 1), (8, 0)])
async def test_odd_wishes_are_refused(tmp_path: Path, width: int, least: int) -> None:
    with pytest.raises(BuildRefused):
        await build(operations(tmp_path), tmp_path / "list.txt", width=width, least=least)


def test_where_nobody_looks_there_is_a_line_for_each_tenth() -> None:
    out, times = io.StringIO(), iter(range(1000))
    progress = Progress(out, lambda: float(next(times)))
    for read in range(101):
        progress.show(Done(read, 100, read))
    progress.end()
    lines = out.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[5] == " 50 %  50 hashes  about 50 s left"
    assert lines[-1].startswith("100 %")


def test_on_a_terminal_there_is_one_line_that_is_not_written_too_often() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out, times = Terminal(), iter(number / 100 for number in range(1000))
    progress = Progress(out, lambda: next(times))
    for read in range(101):
        progress.show(Done(read, 100, read))
    progress.end()
    assert out.getvalue().count("\r") == 3
    assert out.getvalue().endswith("\n")
