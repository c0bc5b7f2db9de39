"""Nobody chooses the address that is counted against them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenia.errors import SetupError
from xenia.security.proxies import ForwardingHeader, Proxies, is_proxy_header, parse_address, source_key

PROXY = "10.0.0.1"
HEADERS: tuple[ForwardingHeader, ...] = ("x-forwarded-for", "forwarded")
behind = Proxies(["10.0.0.0/8", "fd00::/8", "unix"])


def forwarded(*values: str) -> list[tuple[bytes, bytes]]:
    return [(b"X-Forwarded-For", value.encode("latin-1")) for value in values]


def test_an_untrusted_peer_is_the_client_whatever_it_says() -> None:
    claims = [*forwarded("1.1.1.1"), (b"forwarded", b"for=1.1.1.1"), (b"x-real-ip", b"1.1.1.1")]
    assert behind.client("203.0.113.9", claims) == "203.0.113.9"
    assert Proxies().client("127.0.0.1", claims) == "127.0.0.1"


@pytest.mark.parametrize(
    ("values", "client"),
    [
        (["203.0.113.9"], "203.0.113.9"),
        (["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        (["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        (["1.1.1.1, 203.0.113.9, 10.9.9.9"], "203.0.113.9"),
        (["203.0.113.9:4711"], "203.0.113.9"),
        (["[2001:db8::1]:4711"], "2001:db8::1"),
        (["2001:DB8:0:0::1"], "2001:db8::1"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, ::ffff:10.0.0.7"], "203.0.113.9"),
        (["203.0.113.9, fd00::7"], "203.0.113.9"),
        (["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ([], PROXY),
    ],
)
def test_the_right_most_untrusted_hop_is_the_client(values: list[str], client: str) -> None:
    assert behind.client(PROXY, forwarded(*values)) == client


@pytest.mark.parametrize(
    "hop",
    [
        "",
        "unknown",
        "_hidden",
        "localhost",
        "0x0a000001",
        "167772161",
        "010.0.0.1",
        "1.1.1",
        "1.1.1.1.1",
        "::1%eth0",
        "[::1",
        "1.1.1.1:99999999",
        "<script>",
        "1.1.1.1\x00",
        "\xff\xfe",
        "a" * 10_000,
        "1.1.1.1;10.0.0.1",
    ],
)
def test_a_hop_that_is_no_address_ends_the_walk(hop: str) -> None:
    assert behind.client(PROXY, forwarded(f"203.0.113.9, {hop}")) == PROXY
    assert behind.client(PROXY, forwarded(f"203.0.113.9, {hop}, 10.0.0.2")) == "10.0.0.2"


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_no_header_makes_it_raise(value: bytes) -> None:
    for header in HEADERS:
        proxies = Proxies(["10.0.0.0/8"], header)
        assert proxies.client(PROXY, [(header.encode(), value)])


def test_a_very_long_header_is_not_walked_whole() -> None:
    assert behind.client(PROXY, forwarded("203.0.113.9," + "10.0.0.1," * 100_000 + "10.0.0.2")) == PROXY


def test_only_the_configured_header_is_read() -> None:
    both = [(b"forwarded", b"for=1.1.1.1"), *forwarded("203.0.113.9")]
    assert behind.client(PROXY, both) == "203.0.113.9"
    assert Proxies([PROXY], "forwarded").client(PROXY, both) == "1.1.1.1"


@pytest.mark.parametrize(
    ("value", "client"),
    [
        (b"for=203.0.113.9", "203.0.113.9"),
        (b'For="[2001:db8::1]:4711"; proto=https', "2001:db8::1"),
        (b"for=1.1.1.1, for=203.0.113.9;by=10.0.0.1", "203.0.113.9"),
        (b"proto=https;host=evil.example", PROXY),
        (b"for=203.0.113.9;for=1.1.1.1", PROXY),
        (b"for=unknown", PROXY),
        (b'for="_secret"', PROXY),
    ],
)
def test_the_standard_header_is_read_alike(value: bytes, client: str) -> None:
    assert Proxies([PROXY], "forwarded").client(PROXY, [(b"Forwarded", value)]) == client


def test_a_socket_file_is_trusted_only_when_listed() -> None:
    assert behind.client(None, forwarded("203.0.113.9")) == "203.0.113.9"
    assert behind.client(None, []) == "unknown"
    assert Proxies(["10.0.0.0/8"]).client(None, forwarded("203.0.113.9")) == "unknown"


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-For",
        "x-forwarded-host",
        "X_Forwarded_For",
        "Forwarded",
        "X-Real-IP",
        "Remote-User",
        "X-Remote-User",
        "X-SSL-Client-Cert",
        "SSL_CLIENT_VERIFY",
        "Client-Cert",
        "client-cert-chain",
        "X-Forwarded-Client-Cert",
        "X-Auth-Request-Email",
        "X-Original-URL",
        "X-HTTP-Method-Override",
    ],
)
def test_headers_of_identity_and_certificates_are_stripped_from_strangers(name: str) -> None:
    headers = [(name.encode(), b"x"), (b"host", b"login.acme.example"), (b"cookie", b"a=b")]
    assert is_proxy_header(name.encode())
    assert behind.strip("203.0.113.9", headers) == headers[1:]
    assert behind.strip(PROXY, headers) == headers


@pytest.mark.parametrize("name", [b"host", b"authorization", b"cookie", b"dpop", b"origin", b"sec-fetch-site"])
def test_ordinary_headers_stay(name: bytes) -> None:
    assert not is_proxy_header(name)


def test_an_ipv6_client_is_counted_by_its_network() -> None:
    assert source_key("2001:db8::1") == source_key("2001:db8::ffff:1:2:3") == "2001:db8::/64"
    assert source_key("2001:db8:0:1::1") != source_key("2001:db8::1")
    assert source_key("::ffff:192.0.2.1") == source_key("192.0.2.1") == "192.0.2.1"
    assert source_key("nonsense") == "unknown"


@pytest.mark.parametrize(
    "text", ["0x7f.1", "127.1", "2130706433", "0177.0.0.1", "\uff11\uff12\uff17.0.0.1", "127.0.0.1\n", "fe80::1%1"]
)
def test_odd_spellings_are_no_addresses(text: str) -> None:
    assert parse_address(text) is None


def test_a_wrong_network_is_one_clear_line() -> None:
    with pytest.raises(SetupError, match="trusted_proxies"):
        Proxies(["10.0.0.1/8"])
