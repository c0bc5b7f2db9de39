"""What ``xenia doctor`` says of a plugin's own check, and of plugins that are gone."""

from __future__ import annotations

import pytest

from xenia.context import Context
from xenia.errors import SetupError
from xenia.pages import HealthCheck
from xenia.plugin.manifest import discover
from xenia.serving.checks import Odd, contributed, doubts, left_behind
from xenia.tenants.commands import apply_document
from xenia.testing.app import App, MakeApp


async def test_a_check_that_fails_is_a_finding_and_no_end_of_the_others() -> None:
    async def check() -> str | None:
        raise RuntimeError("nobody home")

    with pytest.raises(SetupError, match="nobody home"):
        await contributed(HealthCheck(name="tiny", check=check))


async def test_settings_that_are_hardly_meant_so_are_found_in_every_tenant_that_has_the_plugin_on(app: App) -> None:
    assert await doubts(app.kernel) == "nothing odd"
    await app.kernel.tenants.change(Context(tenant="system"), "acme", plugins=frozenset({"sms"}))
    narrow = {"provider": "twilio", "twilio_account": f"AC{'0' * 32}", "twilio_sender": "Acme", "countries": ["DE"]}
    document = {"tenant": {"id": "acme"}, "plugins": {"sms": {**narrow, "hour_budget": 1}}}
    await apply_document(app.kernel, document, {})
    with pytest.raises(Odd, match="sms in acme: No number of these countries can be set up: DE"):
        await doubts(app.kernel)


async def test_tables_about_people_of_a_plugin_that_is_gone_are_told(make_app: MakeApp) -> None:
    assert "has its plugin" in await left_behind((await make_app()).kernel)
    without = [plugin for plugin in discover() if plugin.name != "devices"]
    with pytest.raises(Odd, match=r"\(devices left devices_\w+[^;]*\)"):
        await left_behind((await make_app(without)).kernel)
