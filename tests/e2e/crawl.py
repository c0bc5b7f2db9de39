"""Every page that links lead to: followed one by one, of pages that differ in identifiers alone the first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page

_IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27,}")
_THING = re.compile(r"/(applications|plugins)/(?!new)[^/]+(/(?!settings)[^?]*)?$")
_FILE = re.compile(r"/export/")


def crawl(page: Page, starts: list[str], below: str) -> Iterator[str]:
    """Open each page once, beginning with ``starts``, that stands ``below`` this address; its path, while it is open."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        address = waiting.pop(0)
        if shape(address) in seen:
            continue
        seen.add(shape(address))
        page.goto(address)
        yield urlsplit(address).path
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        waiting += [there for link in links if _leads_on(there := urljoin(address, link), below)]


def shape(address: str) -> str:
    """An address without what differs from thing to thing: identifiers, names and the values of its query. Each plugin's
    settings are a form of their own.
    """
    parts = urlsplit(address)
    names = re.sub(r"=[^&]*", "", parts.query)
    path = _THING.sub(r"/\1/<name>\2", _IDENTIFIER.sub("<id>", parts.path))
    return f"{path}?{names}"


def _leads_on(address: str, below: str) -> bool:
    return address.startswith(below) and "ui_locales" not in address and not _FILE.search(address)
