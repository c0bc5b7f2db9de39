"""Makes a tenant what its document says: what is to be done is worked out first, as a list of steps, and then done or
only shown.

A file wins over what it manages and leaves alone what others manage; it never deletes a user. ``prune`` takes away what
a file made and no longer names.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from typing import Any
from uuid import UUID

import msgspec

from xenia.access.names import unnamed_roles
from xenia.applications.contracts import Applications
from xenia.applications.models import Application
from xenia.context import Context
from xenia.credentials.contracts import Credentials
from xenia.db import Database
from xenia.doubts import doubts_of
from xenia.errors import Invalid
from xenia.forms import join
from xenia.messages import Text, text
from xenia.tenants import tables
from xenia.tenants.document import ApplicationPart, Document, UserPart
from xenia.tenants.models import NewTenant, SignInSettings, Tenant
from xenia.tenants.service import TenantService
from xenia.tenants.settings import SettingsService
from xenia.users.contracts import Users
from xenia.users.models import IdentifierKind, NewIdentifier, NewUser, User
from xenia.users.normalise import normalise

FILE = "file"
PASSWORD = "password"  # noqa: S105  the kind of a credential
Do = Callable[[], Awaitable[object]]
Seed = Callable[[Context, UUID, str, str], Awaitable[bool]]
_PAGE = 200


class Change(msgspec.Struct, frozen=True):
    """One thing that differs. ``action`` is ``create``, ``change``, ``remove``, or ``leave`` for what somebody else
    manages.
    """

    action: str
    path: str
    detail: str = ""


class _Step(msgspec.Struct, frozen=True):
    change: Change
    do: Do


class Reconciler:
    """Works on one installation. ``seed(context, user, kind, value)`` stores a credential; it is called outside any
    transaction.
    """

    def __init__(
        self,
        database: Database,
        tenants: TenantService,
        settings: SettingsService,
        applications: Applications,
        users: Users,
        credentials: Credentials,
        seed: Seed,
    ) -> None:
        self._database = database
        self._tenants = tenants
        self._settings = settings
        self._applications = applications
        self._users = users
        self._credentials = credentials
        self._seed = seed

    async def plan(self, context: Context, document: Document, *, prune: bool = False) -> list[Change]:
        """What :meth:`apply` would do."""
        configuration = [step.change async for step in self._configuration(context, document, prune)]
        return configuration + [step.change async for step in self._people(context, document)]

    async def apply(self, context: Context, document: Document, *, prune: bool = False) -> list[Change]:
        """Do it: the configuration in one transaction, then each user. Doing it twice changes nothing. Returns what was
        done.

        Raises ``Invalid`` by path.
        """
        async with self._database.transaction():
            done = [await _done(step) async for step in self._configuration(context, document, prune)]
            await self._remember(document)
        done += [await _done(step) async for step in self._people(context, document)]
        await self._passwords(context, document)
        return done

    async def doubts(self, document: Document) -> list[tuple[str, Text]]:
        """What the document says and hardly means, by path: it is done all the same."""
        found = [(_section(name), doubt) for name, value in document.settings.items() for doubt in doubts_of(value)]
        sign_in = document.settings.get("sign_in")
        if not isinstance(sign_in, SignInSettings):
            return found
        current = await self._tenants.get(document.tenant.id)
        named = {*document.roles, *(current.roles if current else ())}
        lists = {"aal2_roles": sign_in.aal2_roles, "aal3_roles": sign_in.aal3_roles}
        return found + [
            (f"sign_in.{field}", text("document.role_unnamed", role=role))
            for field, wanted in lists.items()
            for role in unnamed_roles(document.tenant.id, named, wanted)
        ]

    # -- configuration

    async def _configuration(self, context: Context, document: Document, prune: bool) -> AsyncIterator[_Step]:
        before = await self._managed(document.tenant.id) if prune else {}
        for part in (
            self._tenant(context, document, before),
            self._sections(context, document, before),
            self._all_applications(context, document, prune),
        ):
            async for step in part:
                yield step

    async def _tenant(self, context: Context, document: Document, before: dict[str, Any]) -> AsyncIterator[_Step]:
        current = await self._tenants.get(document.tenant.id)
        if current is None:
            yield _Step(Change("create", "tenant", document.tenant.id), lambda: self._create(context, document))
            return
        wanted = _wanted_tenant(document, current, before)
        if "plugins" in wanted and self._tenants.closed(wanted["plugins"]) == current.plugins:
            del wanted["plugins"]
        changed = {name: value for name, value in wanted.items() if value != getattr(current, name)}
        if changed:
            change = Change("change", "tenant", ", ".join(sorted(changed)))
            yield _Step(change, lambda: self._tenants.change(context, current.id, **changed))

    async def _create(self, context: Context, document: Document) -> None:
        named = {name: value for name, value in msgspec.structs.asdict(document.tenant).items() if value is not None}
        named["plugins"] = frozenset(named.get("plugins", ()))
        named.setdefault("title", document.tenant.id)
        await self._tenants.create(context, NewTenant(**named, roles=document.roles, attributes=document.attributes))

    async def _sections(self, context: Context, document: Document, before: dict[str, Any]) -> AsyncIterator[_Step]:
        for name, value in document.settings.items():
            if fields := await self._settings.changes(context, value):
                change = Change("change", _section(name), ", ".join(fields))
                yield _Step(change, _call(self._settings.put, context, type(value), value, managed_by=FILE))
        for name in sorted(set(before.get("settings", ())) - document.settings.keys()):
            yield _Step(Change("remove", f"plugins.{name}", "settings"), _call(self._settings.reset, context, name))

    async def _all_applications(self, context: Context, document: Document, prune: bool) -> AsyncIterator[_Step]:
        for at, part in enumerate(document.applications):
            async for step in self._application(context, part, f"applications[{at}]"):
                yield step
        if prune:
            named = {part.id for part in document.applications}
            for one in await self._made_by_file(context):
                if one.id not in named:
                    yield _Step(
                        Change("remove", "applications", one.id), _call(self._applications.remove, context, one.id)
                    )

    async def _application(self, context: Context, part: ApplicationPart, path: str) -> AsyncIterator[_Step]:
        current = await self._applications.get(context, part.id)
        if current and current.managed_by != FILE:
            yield _Step(Change("leave", path, f"{part.id} is managed by: {current.managed_by}"), _nothing)
            return
        wanted = _wanted_application(context.tenant, part, current)
        if wanted != current:
            change = Change("change" if current else "create", path, part.id)
            yield _Step(change, _at(path, _call(self._applications.put, context, wanted)))
        if part.secret and not await self._applications.check_secret(context, part.id, part.secret.reveal()):
            yield _Step(
                Change("change", path, f"{part.id}: client_secret"), _at(path, lambda: self._renew(context, part))
            )

    async def _renew(self, context: Context, part: ApplicationPart) -> None:
        """The file's secret in the place of all others."""
        await self._applications.remove_secrets(context, part.id, keep_newest=False)
        await self._applications.add_secret(context, part.id, part.secret.reveal())

    async def _made_by_file(self, context: Context) -> list[Application]:
        found: list[Application] = []
        after = ""
        while page := await self._applications.list(context, after=after, limit=_PAGE):
            found += [one for one in page if one.managed_by == FILE]
            after = page[-1].id
        return found

    async def _managed(self, tenant_id: str) -> dict[str, Any]:
        stored = await self._database.fetchval(tables.MANAGED, tenant_id)
        return msgspec.json.decode(stored, type=dict[str, Any]) if stored else {}

    async def _remember(self, document: Document) -> None:
        """Note what this file names, so that a later one can take it away. What earlier files named and nobody pruned
        stays noted.
        """
        before = await self._managed(document.tenant.id)
        tenant = await self._tenants.get(document.tenant.id)
        kept: dict[str, Collection[str]] = {
            "roles": tenant.roles if tenant else {},
            "attributes": tenant.attributes if tenant else {},
            "settings": await self._settings.stored(document.tenant.id),
        }
        named: dict[str, Collection[str]] = {
            "roles": document.roles,
            "attributes": document.attributes,
            "settings": document.settings,
        }
        noted = {name: sorted((set(before.get(name, ())) & set(kept[name])) | set(named[name])) for name in named}
        if noted != before:
            await self._database.execute(tables.SET_MANAGED, document.tenant.id, tables.as_json(noted))

    # -- people

    async def _people(self, context: Context, document: Document) -> AsyncIterator[_Step]:
        for at, part in enumerate(document.users):
            path = f"users[{at}]"
            user = await self._users.find(context, IdentifierKind.EMAIL, part.email)
            if user is None:
                yield _Step(Change("create", path, part.email), _at(path, _call(self._seed_user, context, part)))
            elif fields := _differing(part, user):
                change = Change("change", path, f"{part.email}: {', '.join(fields)}")
                yield _Step(change, _at(path, _call(self._change_user, context, part, user)))

    async def _seed_user(self, context: Context, part: UserPart) -> None:
        email = NewIdentifier(kind=IdentifierKind.EMAIL, value=part.email, verified=part.email_verified)
        new = NewUser(identifiers=(email,), attributes=part.wanted, roles=part.roles or (), locale=part.locale)
        await self._users.create(context, new)

    async def _passwords(self, context: Context, document: Document) -> None:
        """Store the passwords that the file gives, outside any transaction: plugins do it. A user who has one keeps it."""
        for at, part in enumerate(document.users):
            user = await self._users.find(context, IdentifierKind.EMAIL, part.email) if part.password else None
            if user is None or await self._has_password(context, user):
                continue
            if not await self._seed(context, user.id, PASSWORD, part.password.reveal()):
                raise Invalid({f"users[{at}].password": text("document.password")})

    async def _has_password(self, context: Context, user: User) -> bool:
        return any(one.kind == PASSWORD for one in await self._credentials.summaries(context, user.id))

    async def _change_user(self, context: Context, part: UserPart, user: User) -> None:
        await self._users.set_attributes(context, user.id, part.wanted)
        if part.roles is not None:
            await self._users.set_roles(context, user.id, part.roles)
        if part.email_verified:
            await self._users.verify_identifier(context, user.id, IdentifierKind.EMAIL, part.email)
        if part.locale is not None:
            await self._users.set_locale(context, user.id, part.locale)


def _section(name: str) -> str:
    """Where settings stand in the document."""
    return name if name in ("sign_in", "sessions") else f"plugins.{name}"


def _wanted_tenant(document: Document, current: Tenant, before: dict[str, Any]) -> dict[str, Any]:
    """What the file names, and of roles and attributes also what others made."""
    part = document.tenant
    wanted: dict[str, Any] = {"title": part.title, "locale": part.locale}
    wanted["hosts"] = tuple(sorted(part.hosts)) if part.hosts is not None else None
    wanted["plugins"] = frozenset(part.plugins) if part.plugins is not None else None
    wanted["roles"] = {**_without(current.roles, before.get("roles", ())), **document.roles}
    wanted["attributes"] = {**_without(current.attributes, before.get("attributes", ())), **document.attributes}
    return {name: value for name, value in wanted.items() if value is not None}


def _without(held: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in held.items() if name not in set(names)}


def _wanted_application(tenant: str, part: ApplicationPart, current: Application | None) -> Application:
    return Application(
        tenant=tenant,
        id=part.id,
        title=part.title,
        first_party=part.first_party,
        home=part.home,
        required_acr=part.required_acr,
        protocols=part.protocols,
        managed_by=FILE,
        enabled=part.enabled,
        version=current.version if current else 1,
    )


def _differing(part: UserPart, user: User) -> list[str]:
    fields = [name for name, value in part.wanted.items() if user.attributes.get(name) != value]
    if part.roles is not None and set(part.roles) != set(user.roles):
        fields.append("roles")
    if part.locale is not None and part.locale != user.locale:
        fields.append("locale")
    _, email = normalise(IdentifierKind.EMAIL, part.email)
    if part.email_verified and any(one.normalised == email and not one.verified_at for one in user.identifiers):
        fields.append("email_verified")
    return fields


async def _done(step: _Step) -> Change:
    await step.do()
    return step.change


async def _nothing() -> None:
    """Leave it."""


def _call(function: Callable[..., Awaitable[object]], *args: Any, **named: Any) -> Do:
    """The call with these values, whatever a loop's variables hold by then."""
    return lambda: function(*args, **named)


def _at(path: str, do: Do) -> Do:
    """The same, with its errors named by the path in the document."""

    async def doing() -> None:
        try:
            await do()
        except Invalid as problem:
            fields: dict[str, Text] = {join(path, name): words for name, words in problem.fields.items()}
            raise Invalid(fields) from problem

    return doing
