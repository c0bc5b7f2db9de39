"""The words that a stranger would try first for one person here: their names, the tenant's, the application's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from xenia.api import Context, Host, Journey, User

SHORTEST = 4
_SEPARATORS = re.compile(r"[^\w]+|_")
_NAMES = ("name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "birthdate")


async def words_of_journey(host: Host, context: Context, journey: Journey) -> tuple[str, ...]:
    """The words for whoever is on this journey, registered already or about to be."""
    user = await host.users.get(context, journey.user_id) if journey.user_id else None
    claimed = (journey.claimed.value,) if journey.claimed else ()
    drafted = _named(journey.draft.attributes) if journey.draft else ()
    return await words_of(host, context, user, (*claimed, *drafted))


async def words_of(host: Host, context: Context, user: User | None, more: Iterable[str] = ()) -> tuple[str, ...]:
    """The words for a known user, with ``more`` texts that say something about them."""
    mine = (*(one.value for one in user.identifiers), *_named(user.attributes)) if user else ()
    return tuple(sorted({word for text in (*mine, *more, *await _titles(host, context)) for word in _split(text)}))


async def _titles(host: Host, context: Context) -> tuple[str, ...]:
    tenant = await host.tenants.get(context.tenant)
    application = await host.applications.get(context, context.application) if context.application else None
    return (context.tenant, tenant.title if tenant else "", application.title if application else "")


def _named(attributes: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(value for key in _NAMES if isinstance(value := attributes.get(key), str))


def _split(text: str) -> Iterable[str]:
    """The parts of a text that are long enough to matter, and the whole of it without what separates them."""
    parts = [part for part in _SEPARATORS.split(text.lower()) if part]
    return (word for word in {*parts, "".join(parts)} if len(word) >= SHORTEST)
