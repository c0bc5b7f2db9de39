"""What must hold whichever plugin was deleted. Run by ``test_plugins`` in a copy of the tree, where ``gone.txt`` names the package."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import xenia
from xenia.plugin.manifest import discover
from xenia.testing.app import App

HERE = Path(__file__)
PACKAGE = HERE.with_name("gone.txt").read_text("utf-8")


def test_the_plugin_is_gone_and_the_others_are_the_copies() -> None:
    found = find_spec(PACKAGE)
    assert found is None or found.loader is None, "an editable install leaves templates, which are no package"
    plugins = discover()
    assert plugins
    assert PACKAGE not in {plugin.module.__name__ for plugin in plugins}
    for module in (xenia, *(plugin.module for plugin in plugins)):
        assert Path(str(module.__file__)).is_relative_to(HERE.parents[2])


async def test_the_others_start_and_serve(app: App) -> None:
    page = await app.browser().get("/sign-in")
    assert page.status_code == 200
    assert "identifier" in page.text


async def test_unknown_pages_are_unknown(app: App) -> None:
    assert (await app.browser().get("/no-such-page")).status_code == 404
