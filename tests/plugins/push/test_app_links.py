"""Telephones hand the picture's link to the tenant's app where the tenant says which it is."""

from __future__ import annotations

import pytest

from xenia.api import Invalid, checked_settings
from xenia.testing.app import App
from xenia_push.settings import PushSettings

APPLE, ANDROID = "/.well-known/apple-app-site-association", "/.well-known/assetlinks.json"
FINGERPRINT = ":".join(["AB"] * 32)


async def test_without_an_app_there_is_no_document(app: App) -> None:
    for path in (APPLE, ANDROID):
        assert (await app.browser().get(path)).status_code == 404


async def test_the_apps_of_a_tenant_open_its_pictures_alone(app: App) -> None:
    settings = PushSettings(apple_apps=("ABCDE12345.com.acme.app",), android_apps=(f"com.acme.app {FINGERPRINT}",))
    await app.kernel.config.put(app.context, PushSettings, settings)
    told = await app.browser().get(APPLE)
    assert told.headers["content-type"].startswith("application/json")
    [details] = told.json()["applinks"]["details"]
    assert details == {"appIDs": ["ABCDE12345.com.acme.app"], "components": [{"/": "/t/acme/push/enrol"}]}
    [statement] = (await app.browser().get(ANDROID)).json()
    assert statement["target"] == {
        "namespace": "android_app",
        "package_name": "com.acme.app",
        "sha256_cert_fingerprints": [FINGERPRINT],
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"apple_apps": ["com.acme.app"]},
        {"apple_apps": ["abcde12345.com.acme.app"]},
        {"android_apps": ["com.acme.app"]},
        {"android_apps": [f"com.acme.app {FINGERPRINT.lower()}"]},
        {"relay_url": "ftp://relay.example"},
        {"relay_url": "https://relay.example/#x"},
        {"requests": 2},
        {"devices": 0},
    ],
    ids=str,
)
def test_what_is_no_app_no_relay_and_no_limit_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        checked_settings(PushSettings, wrong)
