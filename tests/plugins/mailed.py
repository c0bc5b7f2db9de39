"""What tests of methods that send mail have in common: asking for a mail, letting it be sent, and seeing where that leads."""

from __future__ import annotations

import httpx2

from xenia.testing.app import App, Browser
from xenia.testing.people import EMAIL


async def identified(browser: Browser, email: str = EMAIL) -> httpx2.Response:
    """The page after the identifier."""
    return await browser.submit(await browser.get("/sign-in"), identifier=email)


async def asked_by(app: App, browser: Browser, method: str, email: str = EMAIL) -> httpx2.Response:
    """The page that waits for what was sent, which is in the mailbox."""
    page = await browser.submit(await identified(browser, email), action=method)
    await settled(app)
    return page


async def settled(app: App) -> None:
    """Everything, and what is due in a moment too."""
    await app.kernel.database.execute("UPDATE jobs SET run_at = now() WHERE run_at < now() + interval '1 second'")
    await app.settle()


async def forget_limits(app: App) -> None:
    """The next hour."""
    await app.kernel.database.execute("DELETE FROM counters")


async def sessions(app: App) -> int:
    """How many sessions live."""
    count: int = await app.kernel.database.fetchval("SELECT count(*) FROM sessions WHERE ended_at IS NULL")
    return count


def is_signed_in(page: httpx2.Response) -> bool:
    """Whether a journey ended at the account."""
    return page.status_code == 200 and page.url.path.endswith("/account")
