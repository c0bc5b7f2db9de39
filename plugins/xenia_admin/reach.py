"""Which administrators could sign in under settings that ask for more: looked at before such settings hold."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from xenia.api import Enrolment, SignInSettings, User, UserQuery, UserStatus
from xenia_admin.application_types import LEVELS
from xenia_admin.desk import Desk

MOST = 500
"""Administrators that are looked at; where there are more, as many are said at least."""
_PAGE = 100


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How many administrators lack what is asked of them anew, whether oneself does, and the levels that nothing here sets up."""

    lacking: int = 0
    oneself: bool = False
    shut: tuple[str, ...] = ()


async def reach_of(desk: Desk, old: SignInSettings, new: SignInSettings) -> Reach:
    """Looks at everybody of whom more is asked than before. What they have is known by its kind, so that a passkey that can be
    copied counts for ``aal3`` too: fewer may lack it by this than do.
    """
    known = {it.kind: it for it in await desk.host.enrolments(desk.context)}
    lacking: set[str] = set()
    oneself, count = False, 0
    for user in await _administrators(desk):
        level = _asked(new, user)
        if _rank(level) <= _rank(_asked(old, user)) or await _has(desk, user, level, known):
            continue
        lacking.add(level)
        count += 1
        oneself = oneself or user.id == desk.administrator.user.id
    shut = tuple(sorted(level for level in lacking if not _any_makes(known.values(), level)))
    return Reach(lacking=count, oneself=oneself, shut=shut)


async def _administrators(desk: Desk) -> list[User]:
    found: list[User] = []
    after = ""
    while len(found) < MOST:
        page = await desk.host.users.list(desk.context, UserQuery(status=UserStatus.ACTIVE, after=after, limit=_PAGE))
        found += [user for user in page.users if user.roles]
        if not (after := page.next):
            break
    return found


def _asked(settings: SignInSettings, user: User) -> str:
    """What the tenant asks of somebody; what can't be is above all."""
    roles = set(user.roles)
    asked = ["aal3"] if roles.intersection(settings.aal3_roles) else []
    asked += ["aal2"] if roles.intersection(settings.aal2_roles) else []
    return max([settings.required_acr, *asked], key=_rank)


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


async def _has(desk: Desk, user: User, level: str, known: dict[str, Enrolment]) -> bool:
    found = await desk.host.credentials.summaries(desk.context, user.id)
    made_by = [known[one.kind] for one in found if one.kind in known]
    return _any_makes(made_by, level) or (level == "aal2" and any(one.second for one in found))


def _any_makes(enrolments: Iterable[Enrolment], level: str) -> bool:
    return any(_makes(it, level) for it in enrolments)


def _makes(enrolment: Enrolment, level: str) -> bool:
    """Whether what it makes reaches a level beside a password."""
    return bool(getattr(enrolment, "resists_phishing", False)) or (level == "aal2" and enrolment.second)
