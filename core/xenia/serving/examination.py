"""What ``xenia doctor`` does: every check in the order in which things stand on each other, and what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import ExitStack
from enum import StrEnum

import msgspec

from xenia.errors import SetupError, XeniaError
from xenia.serving import checks
from xenia.serving.installation import Installation
from xenia.serving.servers import open_database


class Verdict(StrEnum):
    """How a check came out."""

    WELL = "well"
    ODD = "odd"
    WRONG = "wrong"


class Finding(msgspec.Struct, frozen=True):
    """What one check found: one line; where it is wrong, the line says how to mend it."""

    check: str
    verdict: Verdict
    line: str


async def examine() -> list[Finding]:
    """Every finding. What can't be asked because something below is wrong is left out."""
    try:
        installation = Installation()
    except SetupError as problem:
        return [Finding("settings", Verdict.WRONG, line) for line in problem.detail.splitlines()]
    with ExitStack() as stack:
        return [finding async for finding in _findings(installation, stack)]


async def _findings(installation: Installation, stack: ExitStack) -> AsyncIterator[Finding]:
    yield Finding("settings", Verdict.WELL, str(installation.file or "no xenia.toml: defaults and environment"))
    for name, check in checks.ALONE.items():
        yield await _found(name, check(installation))
    try:
        installation.address = stack.enter_context(open_database(installation.settings))
    except SetupError as problem:
        yield Finding("database", Verdict.WRONG, problem.detail)
        return
    for name, check in checks.IN_ORDER.items():
        finding = await _found(name, check(installation))
        yield finding
        if finding.verdict is Verdict.WRONG:
            return
    async for finding in _contributed(installation):
        yield finding


async def _contributed(installation: Installation) -> AsyncIterator[Finding]:
    """What plugins check of themselves, and whether each tenant is where it says it is."""
    async with (await installation.kernel()).running() as kernel:
        yield await _found("issuers", checks.issuers(kernel))
        yield await _found("reactions", checks.reactions(kernel))
        yield await _found("tenants' settings", checks.doubts(kernel))
        yield await _found("left behind", checks.left_behind(kernel))
        for name, contributed in kernel.registry.health_checks.all().items():
            yield await _found(name, checks.contributed(contributed))


async def _found(name: str, check: Awaitable[str]) -> Finding:
    try:
        return Finding(name, Verdict.WELL, await check)
    except checks.Odd as problem:
        return Finding(name, Verdict.ODD, problem.detail)
    except XeniaError as problem:
        return Finding(name, Verdict.WRONG, problem.detail)
