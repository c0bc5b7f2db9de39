"""Nobody is sent anywhere that was not agreed on."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenia.security.redirects import matches_registered, redirect_uri_problem, same_origin_path

OWN = "https://login.acme.example"
REGISTERED = "https://app.example/callback"
LOOPBACK = "http://127.0.0.1:4711/callback"

# What browsers and servers were known to read as another origin.
NEXT = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "/\\/evil.example", "//\\evil.example", "/%09/evil.example", "/\t/evil.example", "/\n/evil.example",
    "/\r\n/evil.example", "/%0a/evil.example", "/%0d%0aLocation:%20https://evil.example", "/%5cevil.example",
    "/%5c%5cevil.example", "/%2f/evil.example", "/%2f%2fevil.example", "/%252f%252fevil.example", "/%255cevil.example",
    "https:evil.example", "https:/evil.example", "https://evil.example", "http:evil.example", "HTTPS://evil.example",
    "javascript:alert(1)", "data:text/html,x", "vbscript:x", "evil.example", "@evil.example", ".evil.example",
    "https://login.acme.example@evil.example", "https://login.acme.example.evil.example", " //evil.example",
    "\t//evil.example", "/ /evil.example", "/.//evil.example", "/..//evil.example", "/a/..//evil.example",
    "/%2e%2e//evil.example", "/%2e/%2fevil.example", "/a//evil.example", "/a/../../evil.example", "/\u2044evil.example",
    "/\uff0fevil.example", "\uff0f\uff0fevil.example", "/\u3002evil.example", "/a\x00b", "/\x7f",
    "?next=//evil.example",
    "#//evil.example", "/a#b", "", "/" * 3000, "/a b", "/<script>", '/"onload=', "/%", "/%zz", "/a\u202eb", "/%00",
]  # fmt: skip


@pytest.mark.parametrize("next_path", NEXT)
def test_no_next_leads_to_another_origin(next_path: str) -> None:
    assert same_origin_path(next_path) is None


@pytest.mark.parametrize(
    "next_path",
    [
        "/", "/account", "/account/", "/account/security?tab=keys&x=1",
        "/oauth/authorize?redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid%20email&state=a%2Bb",
        "/a-b_c.d~e/%C3%A9", "/users/ada@acme.example", "/t/acme/x?",
        "/a?b=//c&d=/e?f",
    ],
)  # fmt: skip
def test_our_own_paths_are_kept_as_they_are(next_path: str) -> None:
    assert same_origin_path(next_path) == next_path


def test_nothing_is_no_path() -> None:
    assert same_origin_path(None) is None


@settings(max_examples=300)
@given(st.text(alphabet="/\\.%25cfe0a9d:@?#\t\n\r evil-\u3002\uff0f", max_size=16))
def test_what_passes_stays_with_us_however_it_is_resolved(tail: str) -> None:
    accepted = same_origin_path("/" + tail)
    if accepted is not None:
        assert urlsplit(urljoin(OWN, accepted)).netloc == "login.acme.example"
        assert not accepted.startswith("//")
        assert "\\" not in accepted


@pytest.mark.parametrize(
    "uri",
    ["https://app.example/callback", "https://app.example", "https://app.example/", "https://app.example:8443/cb?x=1",
     "https://192.0.2.1/cb", "https://[2001:db8::1]/cb", "http://127.0.0.1/cb", "http://127.0.0.1:4711/cb",
     "http://[::1]:4711/cb", "http://localhost:3000/cb", "https://xn--bcher-kva.example/cb", "https://a_b.example/cb"],
)  # fmt: skip
def test_an_ordinary_redirect_uri_can_be_registered(uri: str) -> None:
    assert redirect_uri_problem(uri, development=False) is None


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("https://app.example/cb#x", "fragment"),
        ("https://app.example/cb#", "fragment"),
        ("https://user@app.example/cb", "userinfo"),
        ("https://user:pw@app.example/cb", "userinfo"),
        ("https://app.example@evil.example/cb", "userinfo"),
        ("http://app.example/cb", "https"),
        ("http://127.0.0.1.evil.example/cb", "https"),
        ("http://localhost.evil.example/cb", "https"),
        ("http://192.168.0.1/cb", "https"),
        ("javascript:alert(1)", "scheme"),
        ("JavaScript:alert(1)", "scheme"),
        ("data:text/html,x", "scheme"),
        ("vbscript:x", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("blob:https://app.example/x", "scheme"),
        ("com.example.app:/cb", "scheme"),
        ("ftp://app.example/", "scheme"),
        ("https://app.example/a/../cb", "path"),
        ("https://app.example/a/%2e%2e/cb", "path"),
        ("https://app.example/..%2fcb", "path"),
        ("https://app.example/..%252fcb", "path"),
        ("https://app.example/a%5ccb", "path"),
        ("https://app.example/%00", "path"),
        ("https://app.example//cb", "path"),
        ("https://2130706433/cb", "host"),
        ("https://0x7f.0.0.1/cb", "host"),
        ("https://127.1/cb", "host"),
        ("https://0177.0.0.1/cb", "host"),
        ("https://app.example./cb", "host"),
        ("https://.app.example/cb", "host"),
        ("https://*.app.example/cb", "host"),
        ("https://-a.example/cb", "host"),
        ("https:///cb", "host"),
        ("https://[fe80::1%25eth0]/cb", "host"),
        ("https://[v1.x]/cb", "host"),
        ("https://app.example:99999/cb", "malformed"),
        ("https://app.example:0/cb", "malformed"),
        ("https://app.example:/cb", "malformed"),
        ("https:app.example/cb", "malformed"),
        ("https:/app.example/cb", "malformed"),
        ("HTTPS://app.example/cb", "malformed"),
        ("https://app.example/cb\\x", "malformed"),
        ("https://app.example\\@evil.example", "malformed"),
        ("https://app.example/a b", "malformed"),
        ("https://app.example/\tcb", "malformed"),
        ("https://app.example/cb\n", "malformed"),
        (" https://app.example/cb", "malformed"),
        ("https://app\u3002example/cb", "malformed"),
        ("https://\u0430pp.example/cb", "malformed"),
        ("//app.example/cb", "malformed"),
        ("/cb", "malformed"),
        ("", "malformed"),
        ("https://app.example/cb?a=[", "malformed"),
        ("https://app.example/" + "a" * 3000, "malformed"),
    ],
)
def test_a_dangerous_redirect_uri_is_refused_with_a_reason(uri: str, problem: str) -> None:
    assert redirect_uri_problem(uri, development=False) == f"redirect_uri.{problem}"


def test_development_allows_http_and_nothing_else() -> None:
    assert redirect_uri_problem("http://app.test:8001/cb", development=True) is None
    assert redirect_uri_problem("javascript:alert(1)", development=True) == "redirect_uri.scheme"
    assert redirect_uri_problem("http://user@app.test/cb", development=True) == "redirect_uri.userinfo"


def test_a_native_application_may_have_a_scheme_with_a_dot() -> None:
    assert redirect_uri_problem("com.example.app:/cb", native=True) is None
    assert redirect_uri_problem("com.example.app://cb", native=True) is None
    assert redirect_uri_problem("myapp:/cb", native=True) == "redirect_uri.scheme_without_dot"
    assert redirect_uri_problem("app.:/cb", native=True) == "redirect_uri.scheme_without_dot"
    assert redirect_uri_problem("COM.example.app:/cb", native=True) == "redirect_uri.scheme"
    assert redirect_uri_problem("data:x", native=True) == "redirect_uri.scheme"


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_no_text_makes_the_judgement_raise(text: str) -> None:
    redirect_uri_problem(text, development=True, native=True)
    redirect_uri_problem("https://" + text, development=True)
    assert matches_registered(text, REGISTERED, native=True) is False


MUTATIONS = [
    "https://app.example/callback/", "https://app.example/callback?x=1", "https://app.example/callback#", "/callback",
    "https://app.example/Callback", "https://APP.example/callback", "HTTPS://app.example/callback",
    "http://app.example/callback", "https://app.example:443/callback", "https://app.example:8443/callback",
    "https://app.example./callback", "https://app.example//callback", "https://app.example/./callback",
    "https://app.example/a/../callback", "https://app.example/..%2fcallback", "https://app.example/%63allback",
    "https://appaexample/callback", "https://sub.app.example/callback", "https://app.example.evil.example/callback",
    "https://evil.example/https://app.example/callback", "https://app.example@evil.example/callback",
    "https://user@app.example/callback", "https://app.example\\@evil.example/callback", "https://app.example/callback%00",
    "https://app.example/callback\t", " https://app.example/callback", "https://app.example/callback ",
    "https://app\u3002example/callback", "https://app.example/callback/../evil", "https://app.example/callbackevil", "",
]  # fmt: skip


@pytest.mark.parametrize("uri", MUTATIONS)
@pytest.mark.parametrize("native", [True, False])
def test_only_the_exact_redirect_uri_matches(uri: str, native: bool) -> None:
    assert matches_registered(REGISTERED, REGISTERED, native=native)
    assert not matches_registered(uri, REGISTERED, native=native)


def test_the_port_of_a_loopback_literal_may_differ_for_native_applications() -> None:
    assert matches_registered("http://127.0.0.1:60000/callback", LOOPBACK, native=True)
    assert matches_registered("http://127.0.0.1/callback", LOOPBACK, native=True)
    assert matches_registered("http://[::1]:60000/cb", "http://[::1]/cb", native=True)
    assert not matches_registered("http://127.0.0.1:60000/callback", LOOPBACK)


@pytest.mark.parametrize(
    "uri",
    ["http://127.0.0.1:60000/callbac", "http://127.0.0.1:60000/callback/", "http://127.0.0.1:60000/callback?x=1",
     "http://127.0.0.1:60000/callback#", "http://127.0.0.2:60000/callback", "http://[::1]:60000/callback",
     "http://localhost:60000/callback", "https://127.0.0.1:60000/callback", "http://127.0.0.1:99999/callback",
     "http://127.0.0.1:0/callback", "http://127.0.0.1:/callback", "http://127.0.0.1:1@evil.example/callback",
     "http://127.0.0.1:60000.evil.example/callback", "http://127.1:60000/callback", "http://127.0.0.1:6/callback\n",
     "http://127.0.0.1:\u0661/callback"],
)  # fmt: skip
def test_nothing_but_the_port_may_differ(uri: str) -> None:
    assert not matches_registered(uri, LOOPBACK, native=True)


def test_the_port_of_localhost_may_not_differ() -> None:
    assert not matches_registered("http://localhost:2/cb", "http://localhost:1/cb", native=True)
