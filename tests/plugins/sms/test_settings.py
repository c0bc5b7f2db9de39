"""A mistake in the settings is one clear line by its field, and a secret stays with its destination."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import xenia_sms
from tests.plugins.sms.conftest import Gateway, settings, use
from xenia.api import Invalid, Secret, settings_fields, settings_from_form, text
from xenia.forms import check
from xenia.testing.app import App
from xenia_sms.settings import SmsSettings

GATEWAY: dict[str, Any] = {"provider": "http", "countries": ["DE"], "http_url": "https://gateway.example/send"}
TWILIO: dict[str, Any] = {
    "provider": "twilio",
    "countries": ["DE"],
    "twilio_account": "AC" + "0" * 32,
    "twilio_sender": "+12025550100",
}
MISTAKES: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({**GATEWAY, "countries": []}, "countries", "one country each line"),
    ({**GATEWAY, "countries": ["UK"]}, "countries", "UK is no country’s code"),
    ({**GATEWAY, "prices": {"XX": 2}}, "prices", "XX is no country’s code"),
    ({**GATEWAY, "countries": ["de"]}, "countries", "de is no country’s code"),
    ({**GATEWAY, "default_country": "AT"}, "default_country", "must be one of the countries"),
    ({**GATEWAY, "prices": {"DE": 50}, "hour_budget": 49}, "prices", "costs more than the budget"),
    ({**GATEWAY, "http_url": ""}, "http_url", ""),
    ({**GATEWAY, "http_url": "ftp://gateway.example"}, "http_url", ""),
    ({**GATEWAY, "http_url": "https://name:secret@gateway.example/"}, "http_url", ""),
    ({**GATEWAY, "http_body": "{to} {text}"}, "http_body", "isn’t JSON"),
    ({**GATEWAY, "http_format": "form"}, "http_body", "isn’t a form"),
    ({**GATEWAY, "http_headers": {"Authorization": "Bearer x"}}, "http_headers", "Put it into http_secret"),
    ({**GATEWAY, "http_secret_header": "X-Key", "http_headers": {"x-key": "x"}}, "http_headers", "http_secret"),
    ({**GATEWAY, "http_headers": {"Host": "elsewhere"}}, "http_headers", "belongs to the exchange"),
    ({**GATEWAY, "http_secret_header": "Content-Length"}, "http_secret_header", "belongs to the exchange"),
    ({**GATEWAY, "http_headers": {"X-A": "1\r\nX-B: 2"}}, "http_headers", ""),
    ({**TWILIO, "twilio_account": ""}, "twilio_account", ""),
    ({**TWILIO, "twilio_account": "SK" + "0" * 32}, "twilio_account", ""),
    ({**TWILIO, "twilio_sender": ""}, "twilio_sender", ""),
    ({**TWILIO, "twilio_sender": "+0; DROP"}, "twilio_sender", ""),
    ({"hour_budget": 0}, "hour_budget", ""),
    ({"most_messages": 11}, "most_messages", ""),
    ({"provider": "pigeon"}, "provider", ""),
)


@pytest.mark.parametrize(("wanted", "field", "words"), MISTAKES)
async def test_a_mistake_is_named_at_its_field(app: App, wanted: dict[str, Any], field: str, words: str) -> None:
    value, problems = check(SmsSettings, wanted)
    assert value is None
    said = {name: app.kernel.catalogue.say(problem) for name, problem in problems.items()}
    assert any(name.startswith(field) for name in said), said
    assert any(words in one for one in said.values()), said
    assert all("\n" not in one and not one.startswith("sms.") for one in said.values())


@pytest.mark.parametrize("good", [{}, GATEWAY, TWILIO, {**TWILIO, "twilio_sender": "MG" + "0" * 32}])
def test_what_can_work_is_taken_before_its_secret_is_known(good: dict[str, Any]) -> None:
    value, problems = check(SmsSettings, good)
    assert value, problems


async def test_a_blank_secret_keeps_the_one_that_is_stored(app: App, gateway: Gateway) -> None:
    await use(app, gateway, http_secret=Secret(), minutes=5)
    now = await app.kernel.config.get(app.context, SmsSettings)
    assert (now.http_secret.reveal(), now.minutes) == ("canary-key-of-the-gateway", 5)


@pytest.mark.parametrize(
    "moved", [{"http_url": "https://elsewhere.example/"}, {"twilio_url": "https://elsewhere.example"}]
)
async def test_a_secret_does_not_go_along_to_another_destination(
    app: App, gateway: Gateway, moved: dict[str, str]
) -> None:
    await use(app, gateway, twilio_token=Secret("a token"))
    with pytest.raises(Invalid) as refused:
        await use(app, gateway, http_secret=Secret(), **moved)
    assert {"http_secret", "twilio_token"} <= set(refused.value.fields)


async def test_secrets_are_sealed_and_masked(app: App, gateway: Gateway) -> None:
    stored = await app.kernel.database.fetchval("SELECT data::text FROM settings WHERE plugin = 'sms'")
    assert "canary-key" not in stored
    assert "canary-key" not in repr(settings(gateway))


def test_the_form_of_the_console_gives_back_what_it_shows(gateway: Gateway) -> None:
    shown = settings(gateway, prices={"US": 3}, http_headers={"X-Tenant": "acme"}, http_secret=Secret())
    form = {field.name: field.value for field in settings_fields(SmsSettings, "sms", shown)}
    assert settings_from_form(SmsSettings, form) == shown
    assert form["countries"].split() == ["DE", "US"]


@pytest.mark.parametrize("locale", ["en", "de"])
async def test_every_field_and_every_choice_has_a_label_in_both_languages(app: App, locale: str) -> None:
    fields = settings_fields(SmsSettings, "sms")
    wanted = {text.id for field in fields for text in (field.label, *(choice.label for choice in field.choices))}
    assert wanted <= app.kernel.catalogue.ids(locale)


async def test_both_languages_say_the_same_things(app: App) -> None:
    ours = [
        {one for one in app.kernel.catalogue.ids(locale) if one.startswith(("sms", "settings.sms"))}
        for locale in ("en", "de")
    ]
    assert ours[0] == ours[1]


def test_a_budget_under_which_no_number_can_be_set_up_is_warned_of_and_not_refused(gateway: Gateway) -> None:
    narrow = settings(gateway, prices={"US": 30, "DE": 10}, hour_budget=50)
    assert narrow.doubts() == (text("sms.settings.half", countries="US", half=25),)
    assert narrow.can_enrol
    assert not settings(gateway, hour_budget=1).can_enrol
    assert not settings(gateway).doubts()
    assert not SmsSettings(prices={"US": 30}, hour_budget=1).doubts()


@pytest.mark.parametrize("locale", ["en", "de"])
def test_every_problem_begins_like_a_sentence(locale: str) -> None:
    path = Path(xenia_sms.__file__).parent / "locales" / f"{locale}.toml"
    for words in tomllib.loads(path.read_text())["sms"]["settings"].values():
        assert words[0].isupper() or words[0] == "{", words
