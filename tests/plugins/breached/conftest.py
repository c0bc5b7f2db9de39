"""Lists of leaked passwords as they are published, and an application that looks passwords up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

import xenia_breached
import xenia_password
import xenia_web
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia_breached.build import Build
from xenia_breached.command import place

LEAKED = "seven brown foxes leaked"


def sha1(password: str) -> bytes:
    """The hash that lists are kept by."""
    return hashlib.sha1(password.encode(), usedforsecurity=False).digest()


def listed(passwords: Iterable[tuple[str, int]], *, ending: str = "\r\n") -> bytes:
    """A list as it is published: hashes in order, each with its count."""
    rows = sorted((sha1(password).hex().upper(), count) for password, count in passwords)
    return "".join(f"{hash_}:{count}{ending}" for hash_, count in rows).encode()


def many(count: int) -> list[tuple[str, int]]:
    """Made-up passwords, seen once, twice, ..., ten times."""
    return [(f"password {number}", number % 10 + 1) for number in range(count)]


def built(source: Path, target: Path, *, width: int = 8, least: int = 1) -> None:
    """Build a file to the end."""
    for _ in Build(source, target, width=width, least=least).steps():
        pass


Leak = Callable[..., None]


@pytest.fixture
def leak(tmp_path: Path) -> Leak:
    """Put a file in place that lists these passwords."""

    def make(*passwords: str) -> None:
        source = tmp_path / "list.txt"
        source.write_bytes(listed((password, 1) for password in passwords))
        built(source, place(tmp_path))

    return make


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox, tmp_path: Path) -> App:
    modules = (xenia_breached, xenia_password, xenia_web)
    made = await make_app([*(plugin_of(one) for one in modules), mailbox.plugin], data_dir=tmp_path)
    await made.tenant()
    return made
