"""What ``xenia plan``, ``apply`` and ``export`` do with a running installation; the command line itself stands above."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from xenia.context import Context, system_actor
from xenia.errors import NotFound, SetupError
from xenia.tenants.document import Document, Reader, resolve
from xenia.tenants.export import Exporter
from xenia.tenants.reconcile import Change, Reconciler

if TYPE_CHECKING:
    from xenia.app import Kernel

Say = Callable[[str], None]
OK = 0


async def plan(kernel: Kernel, file: Path, environ: Mapping[str, str], say: Say, *, prune: bool = False) -> int:
    """Say what ``apply`` would do, one line each; the exit code."""
    context, document = _read(kernel, _load(file), environ)
    changes = await _reconciler(kernel).plan(context, document, prune=prune)
    return _tell(changes, say, "nothing to do")


async def apply(kernel: Kernel, file: Path, environ: Mapping[str, str], say: Say, *, prune: bool = False) -> int:
    """Make the tenant what the file says, and say what was done; the exit code."""
    changes = await apply_document(kernel, _load(file), environ, prune=prune)
    return _tell(changes, say, "nothing to do")


async def export(kernel: Kernel, tenant_id: str, say: Say) -> int:
    """Say the tenant's document; the exit code."""
    tenant = await kernel.tenants.get(tenant_id)
    if tenant is None:
        raise NotFound(f"there is no tenant {tenant_id}")
    exporter = Exporter(kernel.tenants, kernel.config, kernel.applications)
    say((await exporter.export(_context(tenant_id), tenant)).rstrip())
    return OK


async def apply_document(
    kernel: Kernel, data: Mapping[str, Any], environ: Mapping[str, str], *, prune: bool = False
) -> list[Change]:
    """Make a tenant what ``data`` (a document as TOML gives it) says; what was done. Raises ``Invalid`` by path."""
    context, document = _read(kernel, data, environ)
    return await _reconciler(kernel).apply(context, document, prune=prune)


async def plan_document(
    kernel: Kernel, data: Mapping[str, Any], environ: Mapping[str, str], *, prune: bool = False
) -> list[Change]:
    """What :func:`apply_document` would do. Raises ``Invalid`` by path."""
    context, document = _read(kernel, data, environ)
    return await _reconciler(kernel).plan(context, document, prune=prune)


def _load(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as problem:
        raise SetupError(f"{file} can't be read: {problem.strerror}") from problem
    except ValueError as problem:
        raise SetupError(f"{file} is not TOML: {problem}") from problem


def _read(kernel: Kernel, data: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[Context, Document]:
    document = Reader(kernel.plugins, kernel.applications.protocols).read(resolve(dict(data), environ))
    return _context(document.tenant.id), document


def _context(tenant_id: str) -> Context:
    return Context(tenant=tenant_id, actor=system_actor("command"))


def _reconciler(kernel: Kernel) -> Reconciler:
    async def seed(context: Context, user_id: UUID, kind: str, value: str) -> bool:
        return await kernel.hooks.seed_credential(context, user_id, kind, value)

    return Reconciler(
        kernel.database, kernel.tenants, kernel.config, kernel.applications, kernel.users, kernel.credentials, seed
    )


def _tell(changes: list[Change], say: Say, nothing: str) -> int:
    for change in changes:
        say(f"{change.action:<7} {change.path}" + (f"  ({change.detail})" if change.detail else ""))
    if not changes:
        say(nothing)
    return OK
