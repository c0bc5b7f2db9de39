"""Applications: configuration that every request asks for and few change.

Statements: ``get`` and ``check_secret`` none while cached, else 1; ``list`` 1; ``put``, ``add_secret`` and
``remove_secrets`` 3 to 5; ``remove`` 4 and what ending its grants costs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from xenia.applications import events as types
from xenia.applications import tables
from xenia.applications.models import Application
from xenia.applications.secrets import ClientSecrets
from xenia.cache import ConfigCache
from xenia.context import Context
from xenia.db import Database
from xenia.errors import Conflict, Invalid, NotFound
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.forms import check, join
from xenia.grants.contracts import Grants
from xenia.ids import new_id
from xenia.journeys.assurance import LEVELS
from xenia.messages import Text, text
from xenia.security.hashing import PasswordHasher

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}")
MAX_PAGE = 200
_MOST_SECRETS = 5

Protocols = Callable[[], Mapping[str, type[msgspec.Struct]]]


class ApplicationService:
    """The applications of the context's tenant.

    ``protocols`` tells the struct of each protocol's part.
    """

    def __init__(
        self,
        database: Database,
        cache: ConfigCache,
        events: Events,
        hasher: PasswordHasher,
        grants: Grants,
        protocols: Protocols,
    ) -> None:
        self._database = database
        self._cache = cache
        self._events = events
        self._secrets = ClientSecrets(hasher)
        self._grants = grants
        self.protocols = protocols

    # -- asking

    async def get(self, context: Context, application_id: str) -> Application | None:
        """The application, or ``None``."""
        known = await self._known(context, application_id)
        return known.application if known else None

    async def list(self, context: Context, *, after: str = "", limit: int = 50) -> tuple[Application, ...]:
        """A keyset page, by id."""
        if after and not ID.fullmatch(after):
            return ()
        limit = min(max(limit, 1), MAX_PAGE)
        rows = await self._database.fetch(tables.PAGE, context.tenant, after, limit)
        return tuple(tables.application_from(row) for row in rows)

    async def _known(self, context: Context, application_id: str) -> tables.Known | None:
        if not ID.fullmatch(application_id):
            return None
        thing = f"application:{application_id}"
        return await self._cache.get(context.tenant, thing, lambda: self._read(context, application_id))

    async def _read(self, context: Context, application_id: str) -> tables.Known | None:
        row = await self._database.fetchrow(tables.GET, context.tenant, application_id)
        return tables.Known(tables.application_from(row), tuple(row["secrets"])) if row else None

    # -- changing

    async def put(self, context: Context, application: Application, *, expected: int | None = None) -> Application:
        """Create or replace one; protocol parts are validated by their plugins. Raises ``Invalid`` by field,
        ``Conflict`` where its version isn't the ``expected`` one (0 = it must not exist). What is the same already
        stays as it is.
        """
        self._check(application)
        one, protocols = application, tables.as_json(application.protocols)
        values = (one.title, one.first_party, one.home, one.required_acr, protocols, one.managed_by, one.enabled)
        async with self._database.transaction():
            row = await self._database.fetchrow(tables.PUT, context.tenant, one.id, *values, expected)
            if row:
                await self._told(context, one.id, types.CREATED if row["created"] else types.CHANGED)
            current = await self._current(context, one.id)
            if expected is not None and (current.version != expected if row is None else row["created"] and expected):
                raise Conflict("the application changed meanwhile")
            return current

    async def remove(self, context: Context, application_id: str) -> bool:
        """Remove one; its grants and tokens end at that moment."""
        if not ID.fullmatch(application_id):
            return False
        async with self._database.transaction():
            if not await self._database.fetchval(tables.HOLD, context.tenant, application_id):
                return False
            for row in await self._database.fetch(tables.GRANTS, context.tenant, application_id):
                await self._grants.end(context, row["id"], reason="application_removed")
            await self._database.execute(tables.REMOVE, context.tenant, application_id)
            await self._told(context, application_id, types.REMOVED)
            return True

    def _check(self, application: Application) -> None:
        """Raise every problem at once."""
        problems = {name: problem for name, problem in _problems(application) if problem}
        for name, part in application.protocols.items():
            problems.update(self._part_problems(name, part))
        if problems:
            raise Invalid(problems)

    def _part_problems(self, name: str, part: Mapping[str, Any]) -> dict[str, Text]:
        kind = self.protocols().get(name)
        if kind is None:
            return {name: text("application.protocol", protocol=name)}
        _, problems = check(kind, part)
        return {join(name, path): problem for path, problem in problems.items()}

    # -- secrets

    async def add_secret(self, context: Context, application_id: str, secret: str | None = None) -> str:
        """Add a client secret (a fresh one unless given; two may live side by side for rotation) and return it, the
        only time it is seen.
        """
        chosen = self._secrets.make() if secret is None else secret
        stored = await self._secrets.hash(chosen)
        async with self._database.transaction():
            await self._hold(context, application_id)
            if await self._database.fetchval(tables.SECRETS, context.tenant, application_id) >= _MOST_SECRETS:
                raise Conflict("too many secrets", public=text("application.too_many_secrets"))
            await self._database.execute(tables.ADD_SECRET, context.tenant, application_id, new_id(), stored)
            await self._told(context, application_id, types.SECRET_ADDED)
        return chosen

    async def check_secret(self, context: Context, application_id: str, secret: str) -> bool:
        """Whether the secret is one of the application's: constant time, from the cache."""
        known = await self._known(context, application_id)
        return known is not None and await self._secrets.verify(secret, known.secrets)

    async def has_secret(self, context: Context, application_id: str) -> bool:
        """Whether the application has any secret."""
        known = await self._known(context, application_id)
        return known is not None and bool(known.secrets)

    async def remove_secrets(self, context: Context, application_id: str, *, keep_newest: bool) -> int:
        """End old secrets; the number ended."""
        async with self._database.transaction():
            await self._hold(context, application_id)
            ended = await self._database.fetch(tables.REMOVE_SECRETS, context.tenant, application_id, keep_newest)
            if ended:
                await self._told(context, application_id, types.SECRET_REMOVED, {"count": len(ended)})
            return len(ended)

    # -- parts

    async def _hold(self, context: Context, application_id: str) -> None:
        found = ID.fullmatch(application_id) and await self._database.fetchval(
            tables.HOLD, context.tenant, application_id
        )
        if not found:
            raise NotFound("no such application")

    async def _told(
        self, context: Context, application_id: str, event: str, data: dict[str, Any] | None = None
    ) -> None:
        """Every process drops what it has, and the event is written."""
        await self._cache.bump(context.tenant, f"application:{application_id}")
        await self._events.record(
            context, NewEvent(type=event, object=Object("application", application_id), data=data or {})
        )

    async def _current(self, context: Context, application_id: str) -> Application:
        known = await self._read(context, application_id)
        assert known is not None  # noqa: S101  it was written in this transaction
        return known.application


def _problems(application: Application) -> list[tuple[str, Text | None]]:
    home = urlsplit(application.home) if application.home.isprintable() else None
    web = not application.home or (home is not None and home.scheme in ("https", "http") and bool(home.netloc))
    title = application.title.strip()
    return [
        ("id", None if ID.fullmatch(application.id) else text("application.id")),
        ("title", None if 0 < len(title) <= 200 and title.isprintable() else text("application.title")),
        ("home", None if web else text("user.web_address")),
        ("required_acr", None if application.required_acr in LEVELS else text("application.required_acr")),
        ("managed_by", None if application.managed_by.isidentifier() else text("form.format")),
    ]


if TYPE_CHECKING:
    from xenia.applications.contracts import Applications

    def _proof(service: ApplicationService) -> Applications:
        return service
