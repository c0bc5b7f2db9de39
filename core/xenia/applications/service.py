"""Applications and their secrets.

Statements: ``get`` and ``check_secret`` none while cached, 1 otherwise; ``put`` and ``add_secret`` 3 in one transaction (the change, its event,
the version that every process follows). A secret we made is stored as SHA-256, one that a person chose as argon2id: the latter is hashed once
per process and then recognised by a keyed digest in memory.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from xenia.applications import events, tables
from xenia.applications.models import Application
from xenia.cache import ConfigCache
from xenia.context import Context
from xenia.db import Database
from xenia.errors import Conflict, Invalid
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.forms import check
from xenia.grants.contracts import Grants
from xenia.ids import new_id
from xenia.journeys.assurance import LEVELS
from xenia.messages import Text, text
from xenia.security.hashing import PasswordHasher
from xenia.security.secrets import check_secret, digest, keyed_digest, new_secret, same

SECRET_KIND = "cs"  # noqa: S105  the name of a kind
"""The kind of the secrets that we make: ``xcs_...``."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}")
_SHORTEST_CHOSEN = 16
_REMEMBERED = 10_000

ProtocolSettings = Callable[[], Mapping[str, type[msgspec.Struct]]]


class _Known(msgspec.Struct, frozen=True):
    """An application with the hashes of its secrets: what the cache keeps."""

    application: Application
    secrets: tuple[str, ...]


class ApplicationService:
    """The applications of every tenant. ``protocols`` tells each protocol's own settings type."""

    def __init__(
        self,
        database: Database,
        cache: ConfigCache,
        log: Events,
        hasher: PasswordHasher,
        grants: Grants,
        protocols: ProtocolSettings,
    ) -> None:
        self._database = database
        self._cache = cache
        self._events = log
        self._hasher = hasher
        self._grants = grants
        self._protocols = protocols
        self._process_key = secrets.token_bytes(32)
        self._recognised: OrderedDict[bytes, None] = OrderedDict()

    # -- reading

    async def get(self, context: Context, application_id: str) -> Application | None:
        """The application, or ``None``."""
        known = await self._known(context, application_id)
        return known.application if known else None

    async def _known(self, context: Context, application_id: str) -> _Known | None:
        if not _ID.fullmatch(application_id):
            return None
        return await self._cache.get(
            context.tenant, _thing(application_id), lambda: self._load(context, application_id)
        )

    async def _load(self, context: Context, application_id: str) -> _Known | None:
        row = await self._database.fetchrow(tables.GET, context.tenant, application_id)
        return _Known(tables.as_application(row), tuple(row["secrets"])) if row else None

    async def list(self, context: Context, *, after: str = "", limit: int = 50) -> tuple[Application, ...]:
        """A keyset page, by id."""
        rows = await self._database.fetch(tables.LIST, context.tenant, after, min(max(limit, 1), 200))
        return tuple(map(tables.as_application, rows))

    # -- changing

    async def put(self, context: Context, application: Application, *, expected: int | None = None) -> Application:
        """Create or replace one; protocol parts are validated by their plugins. Raises ``Invalid`` by field, ``Conflict``
        where its version isn't the ``expected`` one (0 = it must not exist).
        """
        self._check(application)
        values = (
            application.id, application.title, application.first_party, application.home, application.required_acr,
            msgspec.json.encode(application.protocols).decode(), application.managed_by, application.enabled,
        )  # fmt: skip
        async with self._database.transaction():
            row = await self._database.fetchrow(tables.PUT, context.tenant, *values, expected)
            if row is None or (expected and row["created"]):
                raise Conflict("the application changed meanwhile")
            await self._changed(context, application.id, events.CREATED if row["created"] else events.CHANGED)
        return tables.as_application(row)

    def _check(self, application: Application) -> None:
        problems: dict[str, Text] = {}
        if not _ID.fullmatch(application.id):
            problems["id"] = text("application.id")
        if not application.title.strip():
            problems["title"] = text("application.title")
        if application.required_acr not in LEVELS:
            problems["required_acr"] = text("application.required_acr")
        for protocol, given in application.protocols.items():
            kind = self._protocols().get(protocol)
            found = check(kind, given)[1] if kind else {"": text("application.protocol", protocol=protocol)}
            problems |= {f"{protocol}.{field}".rstrip("."): problem for field, problem in found.items()}
        if problems:
            raise Invalid(problems)

    async def remove(self, context: Context, application_id: str) -> bool:
        """Remove one; its grants and tokens end at that moment."""
        async with self._database.transaction():
            for row in await self._database.fetch(tables.GRANTS, context.tenant, application_id):
                await self._grants.end(context, row["id"], reason="application removed")
            if await self._database.fetchval(tables.REMOVE, context.tenant, application_id) is None:
                return False
            await self._changed(context, application_id, events.REMOVED)
        return True

    async def _changed(self, context: Context, application_id: str, type_: str) -> None:
        about = Object("application", application_id)
        await self._events.record(context, NewEvent(type=type_, object=about))
        await self._cache.bump(context.tenant, _thing(application_id))

    # -- secrets

    async def add_secret(self, context: Context, application_id: str, secret: str | None = None) -> str:
        """Add a client secret and return it, the only time it is seen. Raises ``Invalid`` for a short one that somebody chose."""
        if secret is not None and len(secret) < _SHORTEST_CHOSEN:
            raise Invalid({"client_secret": text("application.secret.short", count=_SHORTEST_CHOSEN)})
        value = secret or new_secret(SECRET_KIND)
        hashed = f"sha256:{digest(value).hex()}" if secret is None else await self._hasher.hash(value)
        async with self._database.transaction():
            await self._database.execute(tables.ADD_SECRET, context.tenant, application_id, new_id(), hashed)
            await self._changed(context, application_id, events.SECRET_ADDED)
        return value

    async def check_secret(self, context: Context, application_id: str, secret: str) -> bool:
        """Whether the secret is one of the application's. An unknown application costs the same as a wrong secret."""
        known = await self._known(context, application_id)
        ours = check_secret(SECRET_KIND, secret)
        if known is None:
            return False
        if ours is not None:
            return any(same(f"sha256:{ours.hex()}".encode(), stored.encode()) for stored in known.secrets)
        return await self._check_chosen(application_id, secret, known.secrets)

    async def _check_chosen(self, application_id: str, secret: str, stored: tuple[str, ...]) -> bool:
        """A secret that a person chose: argon2id once, then recognised by a digest that only this process can make."""
        for encoded in (entry for entry in stored if not entry.startswith("sha256:")):
            mark = keyed_digest(self._process_key, "client secret", application_id, encoded, secret)
            if mark in self._recognised or await self._hasher.verify(secret, encoded):
                self._remember(mark)
                return True
        return False

    def _remember(self, mark: bytes) -> None:
        self._recognised[mark] = None
        self._recognised.move_to_end(mark)
        if len(self._recognised) > _REMEMBERED:
            self._recognised.popitem(last=False)

    async def remove_secrets(self, context: Context, application_id: str, *, keep_newest: bool) -> int:
        """End old secrets; the number ended."""
        async with self._database.transaction():
            gone = await self._database.fetch(tables.REMOVE_SECRETS, context.tenant, application_id, int(keep_newest))
            if gone:
                await self._changed(context, application_id, events.SECRET_REMOVED)
        return len(gone)


def _thing(application_id: str) -> str:
    return f"application:{application_id}"


if TYPE_CHECKING:
    from xenia.applications.contracts import Applications

    def _proof(service: ApplicationService) -> Applications:
        return service
