"""No module is empty: each fails, and says why, when the provider is wrong in just the way that it looks for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest

from tests.conformance import defects, modules
from tests.conformance.conftest import RESULTS, Start
from tests.conformance.defects.meddling import ignoring
from tests.conformance.defects.registry import DEFECTS, Defect
from tests.conformance.expect import NotConforming
from tests.conformance.registry import MODULES, Plan, Run

assert defects.__all__
assert modules.__all__
_EVERY = 9
PLANTED = DEFECTS if os.environ.get(RESULTS) else DEFECTS[::_EVERY]
# Here the right answer is a page of the provider's own, which no response mode changes.
_ON_A_PAGE = {"oidcc-ensure-registered-redirect-uri", "oidcc-ensure-request-object-with-redirect-uri"}
POSTED = [name for name, module in MODULES.items() if Plan.FORM_POST in module.plans and name not in _ON_A_PAGE]


def _id(planted: Defect) -> str:
    return f"{planted.module}: {planted.wrong}"


@pytest.mark.parametrize("planted", PLANTED, ids=_id)
async def test_the_module_notices(
    start: Start, planted: Defect, record_property: Callable[[str, object], None]
) -> None:
    record_property("conformance", f"defect {_id(planted)}")
    module, provider = MODULES[planted.module], await start("xenia")
    with pytest.raises(NotConforming, match=re.escape(planted.complaint)):
        await module.check(Run(provider, module.plans[0], planted.plant(provider)))


@pytest.mark.parametrize("name", POSTED if os.environ.get(RESULTS) else POSTED[::_EVERY])
async def test_a_form_post_that_comes_by_query_is_noticed(start: Start, name: str) -> None:
    run = Run(await start("xenia"), Plan.FORM_POST, ignoring("response_mode"))
    with pytest.raises(NotConforming, match="came by query"):
        await MODULES[name].check(run)


def test_every_module_has_a_planted_defect() -> None:
    assert {planted.module for planted in DEFECTS} == set(MODULES)
