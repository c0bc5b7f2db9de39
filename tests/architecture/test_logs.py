"""Only fields on the list are written: what is logged under another name would be lost without a word."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.sources import modules
from xenia.log import FIELDS

LEVELS = frozenset({"debug", "info", "warning", "error"})


@pytest.mark.parametrize("name", sorted(modules()))
def test_every_field_that_is_logged_is_on_the_list(name: str) -> None:
    calls = [
        node for node in ast.walk(ast.parse(modules()[name].path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    fields = {
        keyword.arg
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS and ast.unparse(call.func.value) == "log"
        for keyword in call.keywords
        if keyword.arg is not None
    }
    assert fields <= FIELDS
