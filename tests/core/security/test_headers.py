"""Security headers leave no door ajar."""

from __future__ import annotations

import pytest

from xenia.security.headers import content_security_policy, security_headers


def test_the_policy_has_neither_unsafe_nor_data() -> None:
    policy = content_security_policy()
    assert "unsafe" not in policy
    assert "data:" not in policy
    assert "*" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'")
    for directive in ("form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"):
        assert directive in policy.split("; ")


def test_a_form_may_lead_to_the_named_origins_only() -> None:
    policy = content_security_policy(["https://app.example", "http://127.0.0.1:8001", "com.example.app:"])
    assert "form-action 'self' https://app.example http://127.0.0.1:8001 com.example.app:;" in policy


@pytest.mark.parametrize(
    "source",
    [
        "*",
        "data:",
        "javascript:",
        "https:",
        "blob:",
        "'unsafe-inline'",
        "https://a.example; script-src *",
        "",
        " ",
        "https://a.example/path",
        "https://a.example\n",
        "https://*.example",
        "'nonce-x'",
        "https://a b",
    ],
)
def test_nothing_else_gets_into_a_policy(source: str) -> None:
    with pytest.raises(ValueError, match="policy"):
        content_security_policy([source])
    with pytest.raises(ValueError, match="policy"):
        content_security_policy(frame_src=[source])


def test_every_response_carries_the_headers() -> None:
    headers = dict(security_headers(https=True))
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert headers[b"cross-origin-opener-policy"] == b"same-origin"
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"strict-transport-security"].startswith(b"max-age=31536000")


def test_transport_security_is_announced_over_https_only() -> None:
    assert b"strict-transport-security" not in dict(security_headers(https=False))


def test_only_public_files_may_be_stored() -> None:
    assert b"cache-control" not in dict(security_headers(https=True, no_store=False))


def test_header_names_are_lower_case_and_never_twice() -> None:
    names = [name for name, _ in security_headers(https=True, form_action=["https://a.example"])]
    assert names == [name.lower() for name in names]
    assert len(set(names)) == len(names)
