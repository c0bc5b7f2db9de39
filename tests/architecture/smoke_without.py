"""What must hold whichever plugin was deleted. Run by ``test_plugins`` in a process where one is hidden."""

from __future__ import annotations

import os

from xenia.plugin.manifest import discover
from xenia.testing.app import App

HIDDEN = os.environ.get("XENIA_HIDDEN", "")


def test_the_plugin_is_gone() -> None:
    assert HIDDEN not in {plugin.name for plugin in discover()}


async def test_the_others_start_and_serve(app: App) -> None:
    page = await app.browser().get("/sign-in")
    assert page.status_code == 200
    assert "identifier" in page.text


async def test_unknown_pages_are_unknown(app: App) -> None:
    assert (await app.browser().get("/no-such-page")).status_code == 404
