"""Registrations: what may stand under ``[applications.oidc]``, and every mistake told at once."""

from __future__ import annotations

from typing import Any

import pytest

from xenia.api import Application
from xenia.forms import check
from xenia.security.headers import content_security_policy
from xenia_oidc.client import ClientAuth, ClientSettings, client_of, origin_of, problems, registration, weaknesses
from xenia_oidc.respond import leads_to

GRANTS = frozenset({"authorization_code", "refresh_token", "client_credentials"})
CALLBACK = ("https://shop.example/callback",)


def found(**settings: Any) -> set[str]:
    """The fields that are wrong."""
    return set(problems(ClientSettings(**{"redirect_uris": CALLBACK, **settings}), grant_types=GRANTS))


def test_an_ordinary_client_needs_only_its_addresses() -> None:
    assert found() == set()


@pytest.mark.parametrize(
    "uri",
    [
        "https://my_shop.example/cb",
        "https://xn--bcher-kva.example:8443/cb",
        "https://127.0.0.1/cb",
        "https://[2001:db8::1]:8443/cb",
        "http://localhost/cb",
        "com.example.app-2+x:/cb",
    ],
)
def test_every_address_that_is_registered_may_stand_in_a_pages_policy(uri: str) -> None:
    assert found(redirect_uris=(uri,), native=True) == set()
    assert leads_to(uri) in content_security_policy([leads_to(uri)])


@pytest.mark.parametrize(
    "uri",
    [
        "http://shop.example/callback",
        "https://shop.example/callback#fragment",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://user@shop.example/",
        "https://*.shop.example/",
        "com.example.app:/callback",
        "//shop.example/",
        "https://shop.example/a/../b",
        "https://shop.example/%2e%2e/b",
        "https://shop.example\\@evil.example/",
        "vbscript:x",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_could_lead_elsewhere_is_not_registered(uri: str) -> None:
    assert found(redirect_uris=(uri,)) == {"redirect_uris.0"}
    assert found(post_logout_redirect_uris=(uri,)) == {"post_logout_redirect_uris.0"}


def test_a_native_application_may_have_a_scheme_of_its_own() -> None:
    assert found(redirect_uris=("com.example.app:/callback",), native=True) == set()


def test_a_public_client_always_needs_pkce_and_has_no_credentials_to_use() -> None:
    public = {"token_endpoint_auth_method": ClientAuth.NONE}
    assert found(**public) == set()
    assert found(**public, require_pkce="pkce_or_nonce") == {"require_pkce"}
    assert found(**public, grant_types=("client_credentials",)) == {"grant_types"}


def test_all_problems_are_told_at_once() -> None:
    kind = registration(development=False, grant_types=lambda: GRANTS)
    _, wrong = check(
        kind,
        {
            "redirect_uris": ["http://shop.example/"],
            "grant_types": ["password", "client_credentials"],
            "token_endpoint_auth_method": "none",
            "require_pkce": False,
            "scopes": ["a b"],
            "subject_type": "pairwise",
            "resources": ["relative"],
            "default_max_age": -1,
        },
    )
    assert set(wrong) == {"redirect_uris.0", "grant_types", "require_pkce", "scopes", "resources", "default_max_age"}


@pytest.mark.parametrize("rule", [True, "pkce_or_nonce", "allow_missing_pkce_and_nonce"])
def test_the_rule_for_pkce_is_written_as_true_or_by_its_name(rule: object) -> None:
    kind = registration(development=False, grant_types=lambda: GRANTS)
    value, wrong = check(kind, {"redirect_uris": list(CALLBACK), "require_pkce": rule})
    assert (wrong, value and value.require_pkce) == ({}, rule)


def test_an_unknown_field_is_named() -> None:
    kind = registration(development=False, grant_types=lambda: GRANTS)
    _, wrong = check(kind, {"redirect_uri": "https://shop.example/"})
    assert "redirect_uri" in wrong


def test_pairwise_subjects_of_several_hosts_need_a_sector() -> None:
    both = ("https://a.example/", "https://b.example/")
    assert found(redirect_uris=both, subject_type="pairwise") == {"sector_identifier"}
    assert found(redirect_uris=both, subject_type="pairwise", sector_identifier="acme") == set()


def test_a_private_key_client_says_where_its_keys_are_once() -> None:
    keyed = {"token_endpoint_auth_method": ClientAuth.KEY}
    assert found(**keyed) == {"jwks"}
    assert found(**keyed, jwks={"keys": []}, jwks_uri="https://shop.example/keys") == {"jwks"}
    assert found(**keyed, jwks_uri="https://shop.example/keys") == set()


def test_origins_are_written_as_browsers_write_them() -> None:
    assert origin_of("https://Shop.Example:443/callback") == "https://shop.example"
    assert origin_of("http://127.0.0.1:8001/x") == "http://127.0.0.1:8001"
    assert origin_of("http://[::1]:8001/x") == "http://[::1]:8001"
    assert origin_of("com.example.app:/x") == ""


def test_an_application_without_the_part_is_no_client() -> None:
    assert client_of(Application(tenant="acme", id="a", title="A")) is None


def test_what_is_weaker_than_the_default_is_said() -> None:
    assert weaknesses(ClientSettings()) == ()
    weak = ClientSettings(require_pkce="allow_missing_pkce_and_nonce", token_endpoint_auth_method=ClientAuth.POST)
    assert [said.id for said in weaknesses(weak)] == ["oidc.weakness.no_pkce", "oidc.weakness.shared_secret_posted"]
