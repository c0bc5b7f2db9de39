"""What every command stands in: an installation, a loop, and errors that are one clear line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from xenia.commands.output import FAILED, OK, complain
from xenia.errors import Invalid, NotFound, SetupError, Unavailable, XeniaError

if TYPE_CHECKING:
    from xenia.app import Kernel
    from xenia.context import Context
    from xenia.serving.installation import Installation
    from xenia.tenants.models import Tenant

INTERRUPTED = 130


def with_installation(work: Callable[[Installation], Awaitable[int | None]], **options: object) -> int:
    """Run ``work`` with an installation whose database is there.

    ``options`` are settings from the command line, which win over everything; ``None`` = not given.
    """
    import os

    from xenia.serving.installation import Installation
    from xenia.serving.loops import run
    from xenia.serving.signals import leaving_orderly

    given = {f"XENIA_{key.upper()}": str(value) for key, value in options.items() if value is not None}
    with leaving_orderly(), Installation({**os.environ, **given}).opened() as installation:
        return run(_awaited(work(installation))) or OK


def with_kernel(work: Callable[[Kernel], Awaitable[int | None]]) -> int:
    """Run ``work`` with the core's services."""

    async def inner(installation: Installation) -> int | None:
        async with installation.running() as kernel:
            try:
                return await work(kernel)
            except Invalid as problem:
                lines = (f"{field}: {kernel.catalogue.say(words)}" for field, words in problem.fields.items())
                raise SetupError("\n".join(lines)) from problem

    return with_installation(inner)


async def known_tenant(kernel: Kernel, tenant_id: str) -> Tenant:
    """The tenant. Raises ``NotFound`` with a line for people."""
    tenant = await kernel.tenants.get(tenant_id)
    if tenant is None:
        raise NotFound(f"there is no tenant {tenant_id}: `xenia tenants list` shows those there are")
    return tenant


def acting(tenant_id: str) -> Context:
    """The context of a command: the audit log says that it was one."""
    from xenia.context import Context, system_actor

    return Context(tenant=tenant_id, actor=system_actor("command"))


def guarded(call: Callable[[], int | None]) -> int:
    """The exit code of ``call``; every expected problem becomes its line on standard error."""
    try:
        return call() or OK
    except Unavailable as problem:
        complain(f"{problem.detail or 'something that Xenia stands on is away'} (`xenia doctor` tells more)")
    except XeniaError as problem:
        for line in (problem.detail or problem.code).splitlines():
            complain(line)
    except BrokenPipeError:
        pass  # whoever read our output has enough
    except KeyboardInterrupt:
        return INTERRUPTED
    return FAILED


async def _awaited(work: Awaitable[int | None]) -> int | None:
    return await work
