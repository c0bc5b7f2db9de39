"""Ready answers are those of the long way, and gone as soon as the long way would say something else."""

from __future__ import annotations

import pytest

from tests.core.http.raw import USUAL, ask
from xenia.app import Kernel
from xenia.context import Context
from xenia.db import Database
from xenia.plugin.manifest import discover
from xenia.security.sealing import MasterKey
from xenia.settings import Settings
from xenia.tenants.models import NewTenant
from xenia.testing.app import PUBLIC_URL, App

ACME = Context(tenant="acme")
KEYS = "/t/acme/oauth/keys"
METADATA = "/t/acme/.well-known/openid-configuration"


@pytest.fixture
async def live(database: Database) -> App:
    """An application that keeps its configuration in memory, as a serving process does; it looks at changes when told."""
    settings = Settings(public_url=PUBLIC_URL, development=True)
    kernel = Kernel(settings, discover(), database, MasterKey(bytes(32)), live=True)
    await kernel.cache.poll()
    everything = frozenset(manifest.name for manifest in kernel.plugins)
    await kernel.tenants.create(ACME, NewTenant(id="acme", title="Acme", plugins=everything))
    return App(kernel)


def _kept(app: App) -> int:
    return len(app.front._ready._kept)


@pytest.mark.parametrize("path", [KEYS, METADATA])
async def test_what_is_kept_is_what_was_answered(live: App, path: str) -> None:
    await ask(live, path)  # which makes the keys
    first = await ask(live, path)
    assert (first.status, _kept(live)) == (200, 1)
    assert await ask(live, path) == first
    assert first.header("content-security-policy")


async def test_a_request_that_is_more_than_a_plain_get_goes_the_long_way(live: App) -> None:
    await ask(live, METADATA)
    assert _kept(live) == 1
    assert (await ask(live, METADATA, method="HEAD")).body == b""
    assert (await ask(live, METADATA, method="POST")).status == 405
    assert (await ask(live, METADATA, headers=[*USUAL, *USUAL])).status == 400
    assert (await ask(live, METADATA, headers=[*USUAL, (b"content-length", b"x")])).status == 400
    assert (await ask(live, METADATA, headers=[(b"host", b"evil.example")])).status == 421
    assert (await ask(live, METADATA, raw_path=METADATA.replace("/", "%2f").encode())).status == 404
    assert (await ask(live, METADATA, query=b"ui_locales=de")).header("set-cookie")
    assert _kept(live) == 1


async def test_a_plugin_that_is_switched_off_takes_its_answers_along(live: App) -> None:
    assert (await ask(live, METADATA)).status == 200
    await live.kernel.tenants.change(ACME, "acme", plugins=frozenset({"password"}))
    assert (await ask(live, METADATA)).status == 404


async def test_a_rotation_is_seen_at_the_next_request(live: App) -> None:
    await ask(live, KEYS)
    before = await ask(live, KEYS)
    await live.kernel.keys.rotate(ACME, "ES256", emergency=True)
    assert (await ask(live, KEYS)).body != before.body


async def test_a_change_by_another_process_is_seen_when_the_versions_were_read(live: App, database: Database) -> None:
    await ask(live, METADATA)
    other = Kernel(live.kernel.settings, discover(), database, MasterKey(bytes(32)), live=False)
    await other.tenants.change(ACME, "acme", plugins=frozenset({"password"}))
    await live.kernel.cache.poll()
    assert (await ask(live, METADATA)).status == 404


async def test_a_process_that_may_be_behind_answers_nothing_from_memory(live: App) -> None:
    assert (await ask(live, METADATA)).status == 200
    live.kernel.cache._fresh_at = None
    assert (await ask(live, METADATA)).status == 503


async def test_only_what_says_so_is_kept(live: App) -> None:
    assert (await ask(live, "/t/acme/oauth/userinfo")).status == 401
    assert (await ask(live, "/t/acme/sign-in")).status < 400
    assert _kept(live) == 0


async def test_what_changes_while_it_is_answered_is_not_kept(live: App) -> None:
    generation = live.kernel.cache.generation
    await ask(live, METADATA)
    ((key, (start, body)),) = live.front._ready._kept.items()
    live.kernel.cache.drop("acme", "tenant")
    assert not await live.front._ready.send(key, _never)
    answer = type("Answer", (), {"status": 200, "body": body["body"]})()
    live.front._ready.keep(key, generation, answer, start["headers"])
    assert _kept(live) == 0


async def _never(_message: object) -> None:
    raise AssertionError
