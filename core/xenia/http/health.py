"""Health of the process, for whoever runs it. ``/health/live``: the loop turns. ``/health/ready``: requests can be
served.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

from xenia.log import log

if TYPE_CHECKING:
    from xenia.app import Kernel

_OK = b'{"status":"ok"}'


def health_endpoints(kernel: Kernel) -> Mapping[str, ASGIApp]:
    """The process-wide addresses and who answers them."""

    async def live(_scope: Scope, _receive: Receive, send: Send) -> None:
        await _answer(send, 200, _OK)

    async def ready(_scope: Scope, _receive: Receive, send: Send) -> None:
        problems = await problems_of(kernel, only_ready=True)
        body = msgspec.json.encode({"status": "unavailable", "checks": sorted(problems)}) if problems else _OK
        await _answer(send, 503 if problems else 200, body, retry=bool(problems))

    return {"/health/live": live, "/health/ready": ready}


async def problems_of(kernel: Kernel, *, only_ready: bool) -> dict[str, str]:
    """What is wrong, by the name of the check. Details are for the log and ``xenia doctor``, never for a stranger."""
    problems: dict[str, str] = {}
    try:
        await kernel.database.fetchval("SELECT 1")
    except Exception as problem:  # noqa: BLE001  whatever it is, the database can't be used
        problems["database"] = f"the database can't be reached: {problem}"
    for name, check in kernel.registry.health_checks.all().items():
        if only_ready and not check.ready:
            continue
        if problem_line := await check.problem():
            problems[name] = problem_line
    for name, problem_line in problems.items():
        log.warning("unhealthy", name=name, problem=problem_line)
    return problems


async def _answer(send: Send, status: int, body: bytes, *, retry: bool = False) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *([(b"retry-after", b"2")] if retry else []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
