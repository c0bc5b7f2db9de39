"""``xenia demo``: everything at once, from an empty folder to something to click."""

from __future__ import annotations

import sys
import tomllib
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from xenia.api import (
    SYSTEM_TENANT,
    Context,
    Host,
    IdentifierKind,
    NewIdentifier,
    NewUser,
    Operations,
    SetupError,
    system_actor,
)
from xenia_demo.samples import Sample, bind
from xenia_demo.secrets import Secrets, remembered

TENANT = "demo"
PERSON = "robin@halden.example"
ADMINISTRATOR = "admin@halden.example"
DOCUMENT = Path(__file__).with_name("tenant.toml")


async def demo(operations: Operations, *, shop: int = 8001, club: int = 8002) -> int:
    """Serve a demonstration: an invented brand, two sample applications, single sign-on between them.

    Parameters
    ----------
    shop
        The port of the first sample application.
    club
        The port of the second.
    """
    if find_spec("authlib") is None:
        raise SetupError("the demonstration needs Authlib: install the extra with `pip install xenia[demo]`")
    operations = operations.developing()
    secrets = remembered(operations.settings.data_dir)
    with ExitStack() as stack:
        samples = (bind("shop", shop, secrets.shop), bind("club", club, secrets.club))
        for sample in samples:
            stack.enter_context(sample.listening)
        await operations.migrate()
        await _seed(operations, samples, secrets)
        issuer, words = await _described(operations, samples, secrets)
        programs = [sample.program(issuer) for sample in samples]
        return await operations.serve(programs, bound=lambda: _say(words))


async def _seed(operations: Operations, samples: tuple[Sample, ...], secrets: Secrets) -> None:
    async with operations.running() as host:
        document = _document({manifest.name for manifest in host.plugins})
        if await host.tenants.get(TENANT):
            del document["tenant"]["plugins"]  # what was switched on or off since then stays so
        await _make_administrator(host, secrets.administrator)
    environ = {"PERSON_PASSWORD": secrets.person}
    for sample in samples:
        environ |= sample.environ()
    await operations.apply(document, environ)


def _document(installed: set[str]) -> dict[str, Any]:
    document = tomllib.loads(DOCUMENT.read_text("utf-8"))
    document["tenant"]["plugins"] = [name for name in document["tenant"]["plugins"] if name in installed]
    if lacking := {"password", "oidc"} - installed:
        raise SetupError(
            f"the demonstration needs the plugins {', '.join(sorted(lacking))}: take `plugins` out of xenia.toml"
        )
    return document


async def _make_administrator(host: Host, password: str) -> None:
    """An administrator with a printed password, which is right for a demonstration only: others are invited by a link."""
    context = Context(tenant=SYSTEM_TENANT, actor=system_actor("demo"))
    if await host.users.find(context, IdentifierKind.EMAIL, ADMINISTRATOR):
        return
    identifier = NewIdentifier(kind=IdentifierKind.EMAIL, value=ADMINISTRATOR, verified=True)
    async with host.transaction():
        user = await host.users.create(context, NewUser(identifiers=(identifier,), roles=("admin",)))
    await host.hooks.seed_credential(context, user.id, "password", password)


async def _described(operations: Operations, samples: tuple[Sample, ...], secrets: Secrets) -> tuple[str, str]:
    """The tenant's issuer, and what to tell the person at the terminal."""
    async with operations.running() as host:
        tenant = await host.tenants.get(TENANT)
        plugins = {manifest.name for manifest in host.plugins}
    public = operations.settings.public_url
    if tenant is None or not tenant.issuer.startswith(f"{public}/"):
        made_for = tenant.issuer if tenant else "nobody"
        raise SetupError(f"this demonstration was made for {made_for}: set public_url back, or another data_dir")
    shop, club = samples
    places = {
        "Halden Shop": (shop.url, "sign in or register here first"),
        "Halden Club": (club.url, "then here: no second sign-in, and signing out ends both"),
        "Account": (f"{tenant.issuer}/account", "what a person sees of themselves"),
    }
    if "mail" in plugins:
        places["Mailbox"] = (f"{tenant.issuer}/mailbox", "what would have been sent")
    if "admin" in plugins:
        places["Console"] = (operations.settings.console_url, "for the administrator")
    people = {"Person": (PERSON, secrets.person), "Administrator": (ADMINISTRATOR, secrets.administrator)}
    return tenant.issuer, "\n".join(["", *_block("Open", places), "", *_block("Sign in with", people), ""])


def _block(title: str, rows: dict[str, tuple[str, str]]) -> list[str]:
    names = max(map(len, rows))
    firsts = max(len(first) for first, _ in rows.values())
    return [
        f"  {title}",
        *(f"    {name:<{names}}  {first:<{firsts}}  {second}" for name, (first, second) in rows.items()),
    ]


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n  Ctrl-C ends everything.\n\n")
    sys.stdout.flush()
