"""The checks of ``xenia doctor``. Each answers a line; what is wrong raises ``SetupError`` with a line that says how to mend it."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import asyncpg
import msgspec

from xenia.context import Context, system_actor
from xenia.doubts import doubts_of
from xenia.errors import SetupError, Unavailable
from xenia.migrate import check_version, gone_apps
from xenia.pages import PERSON_COLUMNS, HealthCheck
from xenia.serving.installation import Installation
from xenia.serving.keys import master_key
from xenia.serving.standing import migration_apps, probing

if TYPE_CHECKING:
    from xenia.app import Kernel

OLDEST_POSTGRES = 15
MOST_SKEW_SECONDS = 2.0
LEAST_FREE_BYTES = 512 << 20
CONNECT_SECONDS = 5.0

_ABOUT_PEOPLE = """
    SELECT DISTINCT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = ANY ($1) ORDER BY name"""

Check = Callable[[Installation], Awaitable[str]]


class Odd(SetupError):
    """It works, and should be looked at."""


# -- what stands alone


async def address(installation: Installation) -> str:
    """Is the public address one that others can use?"""
    settings = installation.settings
    if settings.development:
        raise Odd(f"{settings.public_url}; development is on, which is right on your own machine only")
    if settings.public_url.startswith("http://"):
        raise Odd(
            f"{settings.public_url} is for this machine only: set public_url to the https:// address that people use"
        )
    return settings.public_url


async def plugins(installation: Installation) -> str:
    """Can every plugin be loaded?"""
    return ", ".join(plugin.name for plugin in installation.plugins()) or "none"


async def data_dir(installation: Installation) -> str:
    """May we, and nobody else, write to the folder for data?"""
    folder = installation.settings.data_dir
    if not folder.exists():
        return f"{folder} (made at the first start)"
    if folder.stat().st_mode & stat.S_IWOTH:
        raise SetupError(f"anybody may write to {folder}: run `chmod o-w {folder}`")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SetupError(f"this user may not write to {folder}: give it to the user that runs Xenia, or set data_dir")
    return str(folder)


async def disk(installation: Installation) -> str:
    """Is there room left?"""
    folder = installation.settings.data_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise SetupError(f"only {free >> 20} MB are free under {folder}: make room, or set data_dir")
    return f"{free >> 20} MB are free"


async def valkey(installation: Installation) -> str:
    """Does Valkey answer, where it is needed?"""
    settings = installation.settings
    if settings.valkey_url:
        await _answers(settings.valkey_url.reveal(), "valkey_url", 6379)
        return "answers"
    if settings.workers == 1:
        return "not needed for one process"
    from xenia.embedded import EmbeddedValkey

    with EmbeddedValkey(settings.data_dir):
        return "embedded"


async def mail(installation: Installation) -> str:
    """Is there a mail server, and does it answer?"""
    settings = installation.settings
    if not settings.smtp_url:
        raise Odd("no mail leaves this machine: set smtp_url so that people can confirm addresses and reset passwords")
    parts = urlsplit(settings.smtp_url.reveal())
    await _answers(settings.smtp_url.reveal(), "smtp_url", 465 if parts.scheme == "smtps" else 25)
    return f"{parts.hostname} answers; mail is from {settings.mail_from}"


# -- what stands on the database, in this order


async def database(installation: Installation) -> str:
    """Is the database there, new enough, and its clock ours?"""
    version, skew = await _version_and_skew(installation.address)
    if version < OLDEST_POSTGRES:
        raise SetupError(f"PostgreSQL {version} is too old: use {OLDEST_POSTGRES} or newer")
    if abs(skew) > MOST_SKEW_SECONDS:
        raise SetupError(
            f"the database's clock and ours differ by {skew:.0f} s: run a time service (NTP) on both machines"
        )
    return (
        f"PostgreSQL {version}, {'by address' if installation.settings.database_url else 'embedded'}; its clock is ours"
    )


async def schema(installation: Installation) -> str:
    """Is the schema up to date?"""
    async with probing(installation.address) as opened:
        if problem := await check_version(opened, migration_apps(installation.plugins())):
            raise SetupError(problem)
    return "up to date"


async def key(installation: Installation) -> str:
    """Is the master key there, ours alone, and this database's?"""
    await master_key(installation.settings, installation.address)
    return f"{installation.settings.master_key_file}: keep a copy apart from the database"


async def issuers(kernel: Kernel) -> str:
    """Is every tenant that has no host of its own below the public address?"""
    tenants = await kernel.tenants.all()
    public = kernel.settings.public_url
    for tenant in tenants:
        if not tenant.hosts and not tenant.issuer.startswith(f"{public}/"):
            raise SetupError(
                f"the tenant {tenant.id} was made for {tenant.issuer}, which is not below public_url ({public}): "
                "an issuer never changes, so set public_url back or give the tenant that host"
            )
    return f"{len(tenants)} tenants are served where they say"


async def reactions(kernel: Kernel) -> str:
    """Did everybody who reacts to events take them?"""
    from xenia.events import tables

    waiting = await tables.parked(kernel.database)
    if not waiting:
        return "every event was taken"
    who = ", ".join(sorted({f"{row['subscriber']} in {row['tenant_id']}" for row in waiting})[:5])
    raise Odd(
        f"{len(waiting)} events could not be taken ({who}): see `xenia events parked`, mend it, then `xenia events retry`"
    )


async def left_behind(kernel: Kernel) -> str:
    """Are there tables about people whose plugin isn't here to erase, export or move what is in them?"""
    gone = await gone_apps(kernel.database, migration_apps(kernel.installed))
    here = [f"{plugin.name}_" for plugin in kernel.installed]
    found: dict[str, list[str]] = {}
    for row in await kernel.database.fetch(_ABOUT_PEOPLE, sorted(PERSON_COLUMNS)):
        owners = [name for app in gone if row["name"].startswith(f"{(name := app.removeprefix('xenia_'))}_")]
        if owners and not row["name"].startswith(tuple(here)):
            found.setdefault(max(owners, key=len), []).append(row["name"])
    if not found:
        return "every table about people has its plugin"
    left = "; ".join(f"{plugin} left {', '.join(tables)}" for plugin, tables in found.items())
    raise Odd(
        f"erasing or exporting a person misses the tables of plugins that aren't here ({left}): "
        "install the plugin again, or drop its tables"
    )


async def doubts(kernel: Kernel) -> str:
    """Is everything that tenants set most likely meant so?"""
    kinds = {plugin.name: plugin.settings for plugin in kernel.plugins if plugin.settings}
    found: list[str] = []
    for tenant in await kernel.tenants.all():
        context = Context(tenant=tenant.id, actor=system_actor("doctor"))
        for name, kind in kinds.items():
            if tenant.has(name):
                found += [f"{name} in {tenant.id}: {words}" for words in await _doubts(kernel, context, kind)]
    if found:
        raise Odd("; ".join(found))
    return "nothing odd"


async def _doubts(kernel: Kernel, context: Context, kind: type[msgspec.Struct]) -> list[str]:
    try:
        value = await kernel.config.get(context, kind)
    except Unavailable as problem:
        return [problem.detail]
    return [kernel.catalogue.say(doubt, "en") for doubt in doubts_of(value)]


async def contributed(check: HealthCheck) -> str:
    """What a plugin checks of itself."""
    if problem := await check.problem():
        raise SetupError(problem)
    return "well"


ALONE: Mapping[str, Check] = {
    "address": address,
    "plugins": plugins,
    "data_dir": data_dir,
    "disk": disk,
    "valkey": valkey,
    "mail": mail,
}
IN_ORDER: Mapping[str, Check] = {"database": database, "schema": schema, "master key": key}


async def _version_and_skew(address: str) -> tuple[int, float]:
    try:
        connection = await asyncpg.connect(address, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
        raise SetupError(f"the database can't be used ({problem}): start it, or check database_url") from problem
    try:
        began = datetime.now(UTC)
        row = await connection.fetchrow(
            "SELECT current_setting('server_version_num')::int AS version, clock_timestamp() AS now"
        )
        ours = began + (datetime.now(UTC) - began) / 2
    finally:
        await connection.close()
    return row["version"] // 10000, (row["now"] - ours).total_seconds()


async def _answers(url: str, setting: str, usual_port: int) -> None:
    parts = urlsplit(url)
    try:
        if parts.scheme == "unix":
            opening = asyncio.open_unix_connection(parts.path)
        else:
            opening = asyncio.open_connection(parts.hostname, parts.port or usual_port)
        _, writer = await asyncio.wait_for(opening, CONNECT_SECONDS)
    except (OSError, TimeoutError) as problem:
        raise SetupError(f"nobody answers at {parts.hostname or parts.path} ({problem}): check {setting}") from problem
    writer.close()
