"""Strangers who guess, browsers with and without script, and what the tests look for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import count
from typing import Any

import httpx2

from tests.plugins.devices.support import a_browser, is_signed_in, moved
from xenia.events.models import Event, EventQuery
from xenia.security.hashing import PasswordHasher
from xenia.testing.app import App, Browser
from xenia.testing.people import EMAIL, PASSWORD
from xenia_protection.puzzle import work_in
from xenia_protection.settings import ProtectionSettings

WRONG = "harbour lanterns drift slowly"
EASY = 6
_CHALLENGE = re.compile(r'data-puzzle="([^"]+)"\s+data-bits="(\d+)"')
ATTACKER = "203.0.113.{}"

__all__ = ["EMAIL", "PASSWORD", "a_browser", "is_signed_in", "moved"]


class QuickHasher(PasswordHasher):
    """Hides nothing and costs nothing. ``judged`` are the passwords that anybody looked at."""

    def __init__(self) -> None:
        super().__init__(workers=1, queue=500)
        self.judged: list[str] = []

    async def hash(self, text: str) -> str:
        return f"quick {text}"

    async def verify(self, text: str, encoded: str) -> bool:
        self.judged.append(text)
        return encoded == f"quick {text}"

    async def dummy(self, text: str) -> bool:
        self.judged.append(text)
        return False

    def needs_rehash(self, encoded: str) -> bool:
        return False


async def use(app: App, **settings: Any) -> None:
    """Settings of the tenant, with puzzles that Python solves at once."""
    await app.kernel.config.put(app.context, ProtectionSettings, ProtectionSettings(**{"bits": EASY, **settings}))


async def identified(browser: Browser, email: str = EMAIL) -> httpx2.Response:
    """The page after the identifier."""
    return await browser.submit(await browser.get("/sign-in"), identifier=email)


async def guess(browser: Browser, email: str = EMAIL, password: str = WRONG) -> httpx2.Response:
    """One guess, or the page that came instead of the field for it."""
    page = await identified(browser, email)
    return await browser.submit(page, password=password) if asks_for_password(page) else page


async def strangers(app: App, guesses: int, *, network: str = ATTACKER) -> list[int]:
    """Wrong guesses at accounts that nobody has, each from an address of one network; the statuses."""
    answers = []
    for number in range(guesses):
        browser = a_browser(app, address=network.format(number % 250 + 1))
        answers.append((await guess(browser, f"nobody-{number}@example.org")).status_code)
    return answers


def asks_for_password(page: httpx2.Response) -> bool:
    """Whether a password may be typed here."""
    return 'name="password"' in page.text


def puzzle_of(page: httpx2.Response) -> tuple[str, int]:
    """The challenge and its bits; nothing where none is asked for."""
    found = _CHALLENGE.search(unescape(page.text))
    return (found[1], int(found[2])) if found else ("", 0)


def answers(challenge: str, bits: int) -> Iterator[str]:
    """Every number that solves a challenge."""
    return (str(number) for number in count() if work_in(challenge, str(number)) >= bits)


async def solved(browser: Browser, page: httpx2.Response) -> httpx2.Response:
    """What comes after the puzzle, as a browser with script sends it."""
    challenge, bits = puzzle_of(page)
    assert challenge, page.text[:3000]
    return await browser.submit(page, answer=next(answers(challenge, bits)))


async def events_of(app: App, *types: str) -> list[Event]:
    """Events of these types, oldest first."""
    page = await app.kernel.events.list(app.context, EventQuery(types=types or ("protection.*",), limit=200))
    return list(reversed(page.events))


async def windows_end(app: App) -> None:
    """Every window of every counter is over now."""
    await app.kernel.database.execute("UPDATE counters SET window_ends = now()")
