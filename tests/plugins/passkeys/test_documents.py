"""Addresses that browsers and password managers look up, and what a tenant may write about passkeys."""

from __future__ import annotations

import pytest

from tests.plugins.passkeys.authenticator import Authenticator
from tests.plugins.passkeys.person import enrolled, refusals, set_up, sign_in, with_password
from xenia.errors import Invalid
from xenia.forms import checked, parse
from xenia.testing.app import App
from xenia.testing.contract import problems
from xenia.users.models import User
from xenia_passkeys.providers import provider_of
from xenia_passkeys.settings import PasskeysSettings


async def test_the_plugin_keeps_the_contract(app: App) -> None:
    assert await problems(app.kernel, "passkeys") == []


async def test_related_origins_are_published_and_may_sign_in(app: App, ada: User, phone: Authenticator) -> None:
    await set_up(app, related_origins=("https://acme.example", "android:apk-key-hash:" + "a" * 43))
    found = (await app.browser().get("/.well-known/webauthn")).json()
    assert found == {"origins": ["http://localhost:8000", "https://acme.example"]}
    await enrolled(app, phone)
    for origin in ("https://acme.example", "android:apk-key-hash:" + "a" * 43):
        _, page = await sign_in(app, phone.but(origin=origin))
        assert page.url.path.endswith("/account")
    _, page = await sign_in(app, phone.but(origin="https://acme.example.net"))
    assert await refusals(app) == ["origin"]


async def test_password_managers_find_where_passkeys_are_made_and_kept(app: App, ada: User) -> None:
    found = (await app.browser().get("/.well-known/passkey-endpoints")).json()
    base = "http://localhost:8000/t/acme/account"
    assert found == {"enroll": f"{base}/passkeys/new", "manage": f"{base}/security"}
    browser, _ = await with_password(app)
    page = await browser.get("/account/passkeys/new")
    assert "Create a passkey" in page.text
    page = await app.browser().get("/account/passkeys/new")
    assert 'name="identifier"' in page.text, "whoever isn't signed in signs in first"


async def test_both_are_gone_where_the_plugin_is_off(app: App) -> None:
    await app.tenant("other", plugins=["password"])
    for path in ("webauthn", "passkey-endpoints"):
        assert (await app.browser("other").get(f"/.well-known/{path}")).status_code == 404
    assert "passkeys.js" not in (await app.browser("other").get("/sign-in")).text


async def test_a_domain_of_the_tenants_own(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    await set_up(app, rp_id="acme.example")
    _, page = await sign_in(app, phone)
    assert page.status_code == 422, "a passkey belongs to the domain that it was made for"
    _, page = await sign_in(app, phone.but(rp_id="localhost"))
    assert page.status_code == 422
    assert await refusals(app) == ["rp_id", "rp_id"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rp_id", "https://acme.example"),
        ("rp_id", "acme.example/"),
        ("rp_id", "ACME.example"),
        ("rp_id", "acme..example"),
        ("related_origins", ["http://acme.example"]),
        ("related_origins", ["https://acme.example/"]),
        ("related_origins", ["https://acme.example\nx"]),
        ("aaguids", ["not an aaguid"]),
        ("snooze_days", 0),
        ("user_verification", "discouraged"),
        ("attestation", "direct"),
        ("unknown", 1),
    ],
)
def test_what_makes_no_sense_is_refused(field: str, value: object) -> None:
    with pytest.raises(Invalid):
        checked(PasskeysSettings, {field: value})


def test_certificates_are_read_however_their_lines_were_cut() -> None:
    pem = "-----BEGIN CERTIFICATE-----\nAAAA\nBBBB\n-----END CERTIFICATE-----"
    whole = PasskeysSettings(attestation_roots=(pem, pem))
    chosen = {"user_verification": "required", "clones": "refuse", "attestation": "direct", "snooze_days": "30"}
    lines = parse(PasskeysSettings, {**chosen, "attestation_roots": f"{pem}\n{pem}\n"})
    assert len(whole.roots()) == len(lines.roots()) == 2
    assert whole.roots() == lines.roots()
    assert PasskeysSettings(attestation_roots=("nonsense",)).roots() == ()


def test_makes_have_names() -> None:
    assert provider_of("d548826e-79b4-db40-a3d8-11116f7e8349") == "Bitwarden"
    assert provider_of("00000000-0000-0000-0000-000000000000") == ""
