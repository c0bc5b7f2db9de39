"""The contract suite sees what would keep people out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.architecture.tiny import plugin
from xenia.api import Factor, literal
from xenia.testing.app import MakeApp
from xenia.testing.contract import problems


def factor(*factors: Factor) -> Any:
    """A plugin with a second factor that shows these."""
    words = {"label": literal("PIN"), "hint": literal("PIN"), "icon": "key", "name": "pin"}
    enrolment = SimpleNamespace(kind="pin", second=True, sign_up=False, **words)
    method = SimpleNamespace(factors=frozenset(factors), amr=("pin",), primary=False, **words)
    return plugin("tiny", {"register_enrolments": lambda: [enrolment], "register_auth_methods": lambda: [method]})


async def test_a_second_factor_that_adds_nothing_to_a_password_is_named(make_app: MakeApp) -> None:
    for factors in ((Factor.KNOWLEDGE,), (Factor.MAILBOX,)):
        found = await problems((await make_app([factor(*factors)])).kernel, "tiny")
        assert any("enrolment pin is a second factor" in line for line in found)


async def test_one_that_adds_something_is_not(make_app: MakeApp) -> None:
    found = await problems((await make_app([factor(Factor.POSSESSION)])).kernel, "tiny")
    assert not any("second factor" in line for line in found)
