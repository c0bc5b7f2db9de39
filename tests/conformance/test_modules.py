"""Every module, for Xenia; in a whole run for an independent provider too."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.conformance import modules
from tests.conformance.conftest import RESULTS, Start
from tests.conformance.providers.node import is_installed
from tests.conformance.registry import MODULES, Plan, Run

assert modules.__all__
RUNS = [(plan, name) for name, module in MODULES.items() for plan in module.plans]
PROVIDERS = ("xenia", "oidc-provider") if os.environ.get(RESULTS) else ("xenia",)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(("plan", "name"), RUNS)
async def test_the_provider_conforms(
    start: Start, provider: str, plan: Plan, name: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("conformance", f"{provider} {plan} {name}")
    if provider == "oidc-provider" and not is_installed():
        pytest.skip("needs node and tests/node/node_modules")
    await MODULES[name].check(Run(await start(provider), plan))
