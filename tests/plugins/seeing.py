"""Everything that a stranger can see of an answer, to be compared between an address with an account and one without."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from xenia.db import Database
from xenia.testing.app import Browser

_RANDOM = re.compile(
    r'xjh_\w+|xbr_\w+|nonce-[\w+/=-]+|nonce="[^"]*"|name="csrf" value="[^"]*"|(?<=input-code" dir="ltr">)\d\d'
)
POLLS = ("versions v", "look.snapshot")
"""What a process asks by itself, again and again: what was changed, and what ended."""
_LIVELY = ("content-length", "date", "x-request-id")


def seen(answer: httpx2.Response, email: str) -> dict[str, Any]:
    """Status, headers, cookies and text, without what is random in each answer. Compare addresses of the same length and initial."""
    headers = {name: _RANDOM.sub("R", value) for name, value in answer.headers.items() if name not in _LIVELY}
    cookies = sorted(re.sub(r"=[^;]*", "=V", cookie, count=1) for cookie in answer.headers.get_list("set-cookie"))
    headers.pop("set-cookie", None)
    return {
        "status": answer.status_code,
        "headers": headers,
        "cookies": cookies,
        "length": len(answer.content) if not answer.headers.get("content-encoding") else None,
        "text": _RANDOM.sub("R", answer.text.replace(email, "ADDRESS")),
    }


class Walk:
    """One stranger's way, each redirect and each page kept."""

    def __init__(self, browser: Browser, email: str) -> None:
        self._browser, self._email = browser, email
        self.seen: list[dict[str, Any]] = []

    async def step(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        """Submit a form; the page that it leads to."""
        answer = await self._browser.submit(page, follow=False, **fields)
        self.seen.append(seen(answer, self._email))
        if answer.is_redirect:
            answer = await self._browser.get(answer.headers["location"])
            self.seen.append(seen(answer, self._email))
        return answer


@contextmanager
def statements(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that requests send, in order: the core's, and those that plugins send by ``host.tables``."""
    said: list[str] = []
    run, run_alone = Database._run, Database.run_alone

    def heard(sql: str) -> None:
        if not any(words in sql for words in POLLS):
            said.append(" ".join(sql.split())[:120])

    async def spied(self: Database, verb: str, sql: str, args: Sequence[Any]) -> Any:
        heard(sql)
        return await run(self, verb, sql, args)

    async def spied_alone(self: Database, tenant: str, verb: str, sql: str, args: Sequence[Any]) -> Any:
        heard(sql)
        return await run_alone(self, tenant, verb, sql, args)

    with patch.context() as patched:
        patched.setattr(Database, "_run", spied)
        patched.setattr(Database, "run_alone", spied_alone)
        yield said
