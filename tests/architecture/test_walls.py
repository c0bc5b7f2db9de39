"""The walls between tenants: what is another tenant's answers like what never was, on every route, and nothing of it changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from tests.architecture.asking import BROWSER, Answer, ask, filled, parameters
from tests.architecture.running import BY_NAME, Route, routes_of
from xenia.api import (
    Application,
    Context,
    Factor,
    GuardKind,
    NewCredential,
    NewGrant,
    Proof,
    SessionSettings,
    User,
    new_id,
    system_actor,
)
from xenia.db import Database
from xenia.http.cookies import Kind, cookie_name
from xenia.testing.app import PUBLIC_URL, App, MakeApp
from xenia.testing.people import PASSWORD, a_person

MINE, THEIRS = "acme", "globex"
_NEW_EACH_TIME = re.compile(
    r"xj[hr]_\w+|[0-9a-f]{16}|value=\"[\w\-.=]{20,}\"|state=[\w\-.]+|nonce=[\w\-.]+|code_challenge=[\w\-.]+|\d{4}-\d\d-\d\d[T ][\d:.+Z]*"
)
TENANTED = """
    SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1"""


class Things:
    """One of everything in a tenant."""

    def __init__(self, app: App, tenant: str) -> None:
        self.app = app
        self.context = Context(tenant=tenant, actor=system_actor("test"))
        self.ids: list[str] = []
        self.cookie = ""
        self.user: User | None = None

    async def make(self) -> Things:
        kernel, context = self.app.kernel, self.context
        tenant = await kernel.tenants.get(context.tenant)
        assert tenant is not None
        self.app.context, before = context, self.app.context
        self.user = user = await a_person(self.app, f"ada@{tenant.id}.example", password=PASSWORD, name="Ada")
        self.app.context = before
        proof = Proof(method="password", factors=frozenset({Factor.KNOWLEDGE}), amr=("pwd",), at=datetime.now(UTC))
        session, secret = await kernel.sessions.begin(
            context, user.id, (proof,), "aal1", ("pwd",), SessionSettings(), {}
        )
        self.cookie = f"{cookie_name(Kind.SESSION, tenant)}={secret}"
        credential = NewCredential(plugin="totp", kind="totp", data=b"seed", label="Phone", second=True)
        added = await kernel.credentials.add(context, user.id, credential)
        name = f"app-of-{tenant.id}"
        await kernel.applications.put(context, Application(tenant=tenant.id, id=name, title="The Shop"))
        subject = await kernel.subjects.of_user(context, user.id)
        grant = await kernel.grants.open(
            context,
            NewGrant(application=name, user_id=user.id, subject=subject, session_id=session.id, scope=("openid",)),
        )
        key = (await kernel.keys.published(context))[0].kid if hasattr(kernel.keys, "published") else ""
        self.ids = [str(user.id), str(session.id), str(added), str(grant.id), name, subject, *([key] if key else [])]
        return self


def twin(identifier: str) -> str:
    """Something of the same form that names nothing anywhere."""
    try:
        UUID(identifier)
    except ValueError:
        return "".join("z" if letter.isalnum() else letter for letter in identifier)
    return str(new_id())


def said(answer: Answer, *echoed: str) -> tuple[Any, ...]:
    """The answer without what is new each time, and without the identifier that was asked for."""
    body = answer.body.decode("utf-8", "replace")
    headers = {name: value for name, value in answer.headers.items() if name in ("content-type", "location", "allow")}
    words = f"{sorted(headers.items())}{body}"
    for each in echoed:
        words = words.replace(each, "ID")
    return answer.status, _NEW_EACH_TIME.sub("", words)


@pytest.fixture
async def app(make_app: MakeApp) -> App:
    made = await make_app()
    for tenant in (MINE, THEIRS):
        await made.tenant(tenant)
    return made


async def callers(app: App, mine: Things) -> dict[GuardKind, tuple[str, dict[str, str]]]:
    """For each kind of guard: where its routes are, and what a privileged caller of the first tenant sends."""
    return {
        GuardKind.PUBLIC: (f"/t/{MINE}", {**BROWSER, "cookie": mine.cookie}),
        GuardKind.SESSION: (f"/t/{MINE}", {**BROWSER, "cookie": mine.cookie}),
        GuardKind.BEARER: (
            f"/t/{MINE}",
            {"authorization": f"Bearer {await everything_token(app, mine)}", "content-type": "application/json"},
        ),
        GuardKind.CONSOLE: ("/t/system", {**BROWSER, "cookie": await administrator_cookies(app)}),
    }


async def everything_token(app: App, mine: Things) -> str:
    """An application's token with every permission there is."""
    grant = await app.kernel.grants.of_client(mine.context, f"app-of-{MINE}")
    scope = tuple(permission.name for permission in app.kernel.access.permissions())
    issued = await app.kernel.tokens.issue_access(
        mine.context, grant, scope=scope, audience=(f"{PUBLIC_URL}/t/{MINE}",)
    )
    return issued.value


class NearDialer:
    """Reaches the application itself, without a network."""

    def __init__(self, front: Any) -> None:
        self._front = front

    def http_client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self._front, client=("192.0.2.7", 4000)))


async def administrator_cookies(app: App) -> str:
    """The cookies of an administrator of the first tenant, and of it alone."""
    if "admin" not in BY_NAME:
        return ""
    app.kernel.dialer = NearDialer(app.front)  # type: ignore[assignment]  # as much of it as the console asks for
    await app.tenant("system")
    system = Things(app, "system")
    await system.make()
    assert system.user is not None
    await app.kernel.users.set_roles(system.context, system.user.id, ("admin:acme",))
    browser = app.browser("system")
    name, _, secret = system.cookie.partition("=")
    browser.client.cookies.set(name, secret, domain="localhost.local")
    page = await browser.get("/console")
    assert page.status_code == 200, page.text
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.client.cookies.jar)


def pairs(route: Route, mine: Things, theirs: Things) -> Iterator[tuple[str, str, str, str]]:
    """Paths with a foreign identifier in the place of one parameter, and the same with a random one."""
    assert mine.user is not None
    own = {name: str(mine.user.id) for name in parameters(route.path)} | {"tenant": MINE}
    for parameter in parameters(route.path):
        for foreign in [*theirs.ids, *([THEIRS] if parameter == "tenant" else [])]:
            random = twin(foreign)
            yield (
                filled(route.path, **{**own, parameter: foreign}),
                filled(route.path, **{**own, parameter: random}),
                foreign,
                random,
            )


async def fingerprint(database: Database, tenant: str) -> dict[str, str]:
    """All that is stored of a tenant, as one digest for each table."""
    names = [row["name"] for row in await database.fetch(TENANTED)]
    return {
        name: await database.fetchval(
            f"SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {name} t WHERE tenant_id = $1",
            tenant,
        )
        for name in names
    }


@pytest.mark.slow
async def test_what_is_another_tenants_answers_like_what_never_was(app: App) -> None:
    mine, theirs = await Things(app, MINE).make(), await Things(app, THEIRS).make()
    who = await callers(app, mine)
    before = await fingerprint(app.kernel.database, THEIRS)
    told, asked = [], 0
    seen: dict[GuardKind, set[int]] = {}
    for route in routes_of(app.kernel):
        if route.guard is None or not parameters(route.path) or "/static/" in route.path:
            continue
        base, headers = who[route.guard.kind]
        for foreign_path, random_path, foreign, random in pairs(route, mine, theirs):
            for method in route.methods:
                body = b"{}" if "content-type" in headers and method not in ("GET", "DELETE") else b""
                one = await ask(app.front, method, base + foreign_path, headers, body=body)
                other = await ask(app.front, method, base + random_path, headers, body=body)
                asked += 1
                seen.setdefault(route.guard.kind, set()).add(one.status)
                if said(one, foreign) != said(other, random) or one.status >= 500:
                    told.append((method, foreign_path, one.status, other.status))
    assert asked > 100
    assert 401 not in seen[GuardKind.BEARER], "the caller's token must be a good one"
    assert 401 not in seen.get(GuardKind.CONSOLE, ()), "the administrator must be signed in"
    assert told == []
    assert await fingerprint(app.kernel.database, THEIRS) == before


async def test_what_opens_one_tenant_opens_no_other(app: App) -> None:
    """The first tenant's session and token, shown to the second."""
    mine = await Things(app, MINE).make()
    await Things(app, THEIRS).make()
    token = await everything_token(app, mine)
    renamed = mine.cookie.replace(MINE, THEIRS, 1)
    for headers in (
        {**BROWSER, "cookie": mine.cookie},
        {**BROWSER, "cookie": renamed},
        {"authorization": f"Bearer {token}"},
    ):
        for route in routes_of(app.kernel):
            if route.guard is None or route.guard.kind not in (GuardKind.SESSION, GuardKind.BEARER):
                continue
            answer = await ask(app.front, route.methods[0], f"/t/{THEIRS}" + filled(route.path), headers)
            assert answer.status in (303, 401, 403, 404), (route.path, answer.status)


async def test_the_scoped_role_sees_one_tenant_and_without_one_nothing(app: App) -> None:
    for tenant in (MINE, THEIRS):
        await Things(app, tenant).make()
    database, readable = app.kernel.database, 0
    for row in await database.fetch(TENANTED):
        for tenant in ("", MINE):
            try:
                async with database.scoped(tenant) as connection:
                    seen = {
                        found[0] for found in await connection.fetch(f"SELECT DISTINCT tenant_id FROM {row['name']}")
                    }
            except asyncpg.InsufficientPrivilegeError:
                continue
            readable += 1
            assert seen <= {tenant} - {""}, row["name"]
    assert readable > 20


async def test_the_scoped_role_writes_into_no_other_tenant(app: App) -> None:
    await Things(app, THEIRS).make()
    before = await fingerprint(app.kernel.database, THEIRS)
    for row in await app.kernel.database.fetch(TENANTED):
        try:
            async with app.kernel.database.scoped(MINE) as connection:
                assert await connection.execute(f"DELETE FROM {row['name']} WHERE tenant_id = '{THEIRS}'") == "DELETE 0"
        except asyncpg.InsufficientPrivilegeError:
            continue
    assert await fingerprint(app.kernel.database, THEIRS) == before
