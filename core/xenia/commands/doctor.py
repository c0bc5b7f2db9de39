"""``xenia doctor``: looks at everything a set-up stands on, and says how to mend what is wrong."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from xenia.commands.frame import guarded
from xenia.commands.output import FAILED, OK, say, show


def doctor(*, as_json: Annotated[bool, Parameter(name="--json")] = False) -> int:
    """Check the set-up and say how to mend it. Exits 1 when something is wrong."""
    return guarded(lambda: _doctor(as_json))


def _doctor(as_json: bool) -> int:
    from xenia.serving.examination import Finding, Verdict, examine
    from xenia.serving.loops import run

    findings: list[Finding] = run(examine())
    if as_json:
        show([{"check": one.check, "verdict": one.verdict.value, "line": one.line} for one in findings], as_json=True)
    else:
        for one in findings:
            say(f"{_MARKS[one.verdict.value]} {one.check:<12} {one.line}")
    return FAILED if any(one.verdict is Verdict.WRONG for one in findings) else OK


_MARKS = {"well": "ok   ", "odd": "look ", "wrong": "WRONG"}
