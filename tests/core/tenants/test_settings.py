"""Settings: validated, cached, and their secrets never readable where they lie."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest

from xenia.cache import ConfigCache
from xenia.context import Context
from xenia.db import Database
from xenia.errors import Invalid, SetupError, Unavailable
from xenia.forms import check
from xenia.security.sealing import SealError
from xenia.settings import Secret
from xenia.tenants.models import SessionSettings, SignInSettings, SignUpMode, Tenant
from xenia.tenants.settings import SettingsService
from xenia.testing.fakes import PlainSealing, RecordingEvents


class Server(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str
    key: Secret = Secret()


class MailSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    sender: str = "nobody"
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 25
    password: Secret = Secret()
    servers: tuple[Server, ...] = ()


@pytest.fixture
def settings(
    database: Database, cache: ConfigCache, sealing: PlainSealing, events: RecordingEvents, acme: Tenant
) -> SettingsService:
    return SettingsService(database, cache, sealing, events, {MailSettings: "mail"})


async def test_nothing_stored_is_the_defaults(settings: SettingsService, context: Context) -> None:
    assert await settings.get(context, MailSettings) == MailSettings()
    assert await settings.get(context, SignInSettings) == SignInSettings()


async def test_what_was_put_is_got(settings: SettingsService, context: Context, events: RecordingEvents) -> None:
    value = SignInSettings(sign_up=SignUpMode.CLOSED, required_acr="aal2")
    await settings.put(context, SignInSettings, value)
    assert await settings.get(context, SignInSettings) == value
    assert events.last.data == {"fields": sorted(SignInSettings.__struct_fields__)}


@pytest.mark.parametrize("number", [0, -1, 10**9, 10**30])
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (SignInSettings, "attempts"),
        (SignInSettings, "attempts_window_seconds"),
        (SignInSettings, "journey_minutes"),
        (SessionSettings, "idle_seconds"),
        (SessionSettings, "absolute_seconds"),
    ],
)
def test_a_number_with_which_nobody_could_sign_in_is_refused(
    kind: type[msgspec.Struct], name: str, number: int
) -> None:
    value, problems = check(kind, {name: number})
    assert value is None
    assert list(problems) == [name]


async def test_a_secret_comes_back_and_is_not_stored_readable(
    settings: SettingsService, context: Context, database: Database
) -> None:
    value = MailSettings(password=Secret("hush"), servers=(Server("a", Secret("inner")),))
    await settings.put(context, MailSettings, value)
    stored = await database.fetchval("SELECT data::text FROM settings")
    assert "hush" not in stored
    assert "inner" not in stored
    assert await settings.get(context, MailSettings) == value


async def test_a_blank_secret_keeps_the_one_that_is_stored(settings: SettingsService, context: Context) -> None:
    await settings.put(context, MailSettings, MailSettings(password=Secret("hush")))
    await settings.put(context, MailSettings, MailSettings(sender="me"))
    assert await settings.get(context, MailSettings) == MailSettings(sender="me", password=Secret("hush"))


async def test_putting_the_same_again_tells_nothing(
    settings: SettingsService, context: Context, events: RecordingEvents
) -> None:
    value = MailSettings(password=Secret("hush"), servers=(Server("a"),))
    await settings.put(context, MailSettings, value)
    before = len(events.recorded)
    await settings.put(context, MailSettings, value)
    assert len(events.recorded) == before


async def test_a_secret_moved_to_another_field_does_not_open(
    settings: SettingsService, context: Context, database: Database
) -> None:
    await settings.put(context, MailSettings, MailSettings(password=Secret("hush")))
    await database.execute("UPDATE settings SET data = jsonb_set(data, '{sender}', data->'password')")
    with pytest.raises(SealError):
        await settings._read(context, MailSettings, "mail")


async def test_values_out_of_bounds_are_refused_by_field(settings: SettingsService, context: Context) -> None:
    with pytest.raises(Invalid) as caught:
        await settings.put(context, MailSettings, MailSettings(port=0))
    assert caught.value.fields.keys() == {"port"}


async def test_a_setting_that_no_longer_exists_is_passed_over(
    settings: SettingsService, context: Context, database: Database
) -> None:
    await database.execute("""INSERT INTO settings VALUES ('acme', 'mail', '{"sender": "me", "gone": 1}')""")
    assert await settings.get(context, MailSettings) == MailSettings(sender="me")


async def test_stored_settings_that_cannot_be_used_are_never_replaced_by_defaults(
    settings: SettingsService, context: Context, database: Database
) -> None:
    await database.execute("""INSERT INTO settings VALUES ('acme', 'sign_in', '{"required_acr": 5}')""")
    with pytest.raises(Unavailable):
        await settings.get(context, SignInSettings)


async def test_settings_of_one_tenant_are_not_anothers(settings: SettingsService, context: Context) -> None:
    await settings.put(context, MailSettings, MailSettings(sender="me"))
    assert await settings.get(Context(tenant="globex"), MailSettings) == MailSettings()


async def test_reset_brings_the_defaults_back(settings: SettingsService, context: Context) -> None:
    await settings.put(context, MailSettings, MailSettings(sender="me"))
    assert await settings.stored("acme") == ("mail",)
    assert await settings.reset(context, "mail")
    assert not await settings.reset(context, "mail")
    assert await settings.get(context, MailSettings) == MailSettings()


async def test_a_struct_that_no_manifest_names_is_a_mistake_of_set_up(
    settings: SettingsService, context: Context
) -> None:
    with pytest.raises(SetupError):
        await settings.get(context, Server)


async def test_a_secret_is_not_sent_to_another_server_by_who_does_not_know_it(
    settings: SettingsService, context: Context
) -> None:
    await settings.put(context, MailSettings, MailSettings(servers=(Server("https://a.example", Secret("inner")),)))
    with pytest.raises(Invalid) as caught:
        await settings.put(context, MailSettings, MailSettings(servers=(Server("https://evil.example"),)))
    assert caught.value.fields.keys() == {"servers[0].key"}
    kept = await settings.get(context, MailSettings)
    assert kept.servers == (Server("https://a.example", Secret("inner")),)


async def test_who_made_settings_is_kept_with_them(
    settings: SettingsService, context: Context, database: Database
) -> None:
    await settings.put(context, MailSettings, MailSettings(sender="me"), managed_by="file")
    assert await database.fetchval("SELECT managed_by FROM settings") == "file"
