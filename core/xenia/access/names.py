"""Roles by their names: which of them mean something in a tenant."""

from __future__ import annotations

from collections.abc import Iterable

from xenia.context import SYSTEM_TENANT

ADMIN_ROLE = "admin"
"""Allows everything in every tenant."""


def unnamed_roles(tenant_id: str, named: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """The roles of ``wanted`` that a tenant, which names ``named``, doesn't know, in order: most likely misspelt.

    Administrators of everything hold ``admin``, and each of theirs also for one tenant (``admin:demo``).
    """
    if tenant_id != SYSTEM_TENANT:
        return sorted(set(wanted) - set(named))
    known = {ADMIN_ROLE, *named}
    return sorted(role for role in set(wanted) if role.partition(":")[0] not in known)
