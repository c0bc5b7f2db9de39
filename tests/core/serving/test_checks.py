"""What ``xenia doctor`` says of a plugin's own check."""

from __future__ import annotations

import pytest

from xenia.context import Context
from xenia.errors import SetupError
from xenia.pages import HealthCheck
from xenia.serving.checks import Odd, contributed, doubts
from xenia.tenants.commands import apply_document
from xenia.testing.app import App


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
