"""What ``xenia doctor`` says of a plugin's own check, and of plugins that are gone."""

from __future__ import annotations

import pytest

from xenia.errors import SetupError
from xenia.pages import HealthCheck
from xenia.plugin.manifest import discover
from xenia.serving.checks import Odd, contributed, left_behind
from xenia.testing.app import MakeApp


async def test_a_check_that_fails_is_a_finding_and_no_end_of_the_others() -> None:
    async def check() -> str | None:
        raise RuntimeError("nobody home")

    with pytest.raises(SetupError, match="nobody home"):
        await contributed(HealthCheck(name="tiny", check=check))


async def test_tables_about_people_of_a_plugin_that_is_gone_are_told(make_app: MakeApp) -> None:
    assert "has its plugin" in await left_behind((await make_app()).kernel)
    without = [plugin for plugin in discover() if plugin.name != "devices"]
    with pytest.raises(Odd, match=r"\(devices left devices_\w+[^;]*\)"):
        await left_behind((await make_app(without)).kernel)
