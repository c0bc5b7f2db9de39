"""Ways to sign in as rows: one for each credential, and one for a set of them, such as recovery codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xenia.api import CredentialSummary, Enrolment, is_set

Enrolments = Mapping[str, Enrolment]
"""By the kind of credential that they make."""


def grouped(found: Sequence[CredentialSummary], known: Enrolments) -> list[tuple[CredentialSummary, int]]:
    """Each credential with 1, and each set once, with the number that is left, in the place of its first."""
    counts: dict[str, int] = {}
    for one in found:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    rows: dict[object, tuple[CredentialSummary, int]] = {}
    for one in found:
        whole = is_set(known.get(one.kind))
        rows.setdefault(one.kind if whole else one.id, (one, counts[one.kind] if whole else 1))
    return list(rows.values())
