"""The front: whose request it is, how large it may be, and what every answer carries."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.core.http.raw import USUAL, ask
from xenia.http import body as reading
from xenia.testing.app import App

FORM = (b"content-type", b"application/x-www-form-urlencoded")
SAME_SITE = (b"sec-fetch-site", b"same-origin")
PAGES = (
    "/t/acme/sign-in", "/t/acme/nothing", "/t/acme/oauth/token", "/t/acme/.well-known/openid-configuration",
    "/t/ghost/sign-in", "/nothing", "/health/live", "/health/ready", "/t/acme/api/v1/users", "/t/acme/account",
)  # fmt: skip
SECURITY = ("content-security-policy", "x-content-type-options", "referrer-policy")


@pytest.mark.parametrize(
    "host",
    [
        b"evil.example", b"localhost.evil.example", b"xlocalhost", b"localhostx", b"", b"localhost@evil.example", b"evil.example:8000",
        b"localhost:8000@evil.example", b"local host", b"localhost\x00", b"localhost/evil", b"[::1", b"localhost,evil.example",
        b"127.0.0.1", b"[::1]:8000", b"localhost.", b"\xff\xfe", b"a" * 300, b"localhost:8000:8000", b"..", b"-",
    ],
)  # fmt: skip
async def test_a_host_that_is_none_of_ours_is_misdirected(app: App, host: bytes) -> None:
    for path in ("/t/acme/sign-in", "/sign-in", "/t/acme/oauth/token"):
        answer = await ask(app, path, headers=[(b"host", host)])
        assert answer.status == 421, (path, answer)
        assert answer.header("location") is None


async def test_no_host_at_all_is_misdirected(app: App) -> None:
    assert (await ask(app, "/t/acme/sign-in", headers=[])).status == 421


async def test_two_hosts_are_refused_or_the_same_tenant(app: App) -> None:
    for order in ((b"localhost:8000", b"evil.example"), (b"evil.example", b"localhost:8000")):
        answer = await ask(app, "/t/acme/sign-in", headers=[(b"host", host) for host in order])
        assert answer.status in (400, 421)


@pytest.mark.parametrize(
    "path",
    [
        "/t/acme//sign-in", "/t/acme/./sign-in", "/t/acme/../acme/sign-in", "/t/acme/sign-in;x=1", "/t/acme\\sign-in",
        "/t/acme/sign-in/..", "/t/acme/sign%2fin", "/t/acme/a%5Cb", "/t/acme/\x00", "/t/acme/\n", "/t/acme/" + "a" * 3000, "//evil.example/",
    ],
)  # fmt: skip
async def test_a_path_that_can_be_read_in_two_ways_names_nothing(app: App, path: str) -> None:
    answer = await ask(app, path)
    assert answer.status == 404
    assert answer.header("location") is None


@pytest.mark.parametrize(
    "path",
    ["/t/acme/../acme/sign-in", "/static/../../etc/passwd", "/t/acme/account/security\r\nx: y", "/t/acme/\0", "/t/acme/a;b", "/t/acme/\x7f"],
)  # fmt: skip
async def test_what_is_odd_once_it_was_decoded_names_nothing_either(app: App, path: str) -> None:
    raw = "".join(char if char in "/" or char.isalnum() else f"%{ord(char):02x}" for char in path)
    answer = await ask(app, path, raw_path=raw.encode())
    assert answer.status == 404
    assert answer.header("location") is None


@pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST"])
@pytest.mark.parametrize("path", ["*", "", "sign-in", "http:"])
async def test_what_is_no_path_names_nothing(app: App, method: str, path: str) -> None:
    assert (await ask(app, path, method=method)).status == 404


@pytest.mark.parametrize(
    "path",
    ["/t/ACME/sign-in", "/T/acme/sign-in", "/t//sign-in", "/t/acme%20/sign-in", "/t", "/t/", "/t/acme/sign-in/x"],
)
async def test_what_is_nearly_a_tenant_is_none(app: App, path: str) -> None:
    assert (await ask(app, path)).status == 404


@pytest.mark.parametrize(
    "declared", [b"x", b"-1", b"1e9", b"", b" 5", b"5, 5", "\u0665".encode(), b"0x10", b"9" * 40, b"9" * 5000]
)
async def test_a_length_that_is_none_is_refused(app: App, declared: bytes) -> None:
    answer = await ask(app, "/t/acme/oauth/token", method="POST", headers=[*USUAL, FORM, (b"content-length", declared)])
    assert answer.status in (400, 413)


async def test_two_lengths_are_refused(app: App) -> None:
    for one, other in ((b"3", b"5"), (b"5", b"3")):
        headers = [*USUAL, FORM, (b"content-length", one), (b"content-length", other)]
        answer = await ask(app, "/t/acme/oauth/token", method="POST", headers=headers, chunks=[b"a=b"])
        assert answer.status == 400


async def test_a_body_is_too_large_by_its_word_and_by_its_bytes(app: App) -> None:
    limit = app.kernel.settings.body_limit
    for path in ("/t/acme/oauth/token", "/t/acme/recover"):
        told = await ask(app, path, method="POST", headers=[*USUAL, FORM, (b"content-length", str(limit + 1).encode())])
        assert told.status == 413
        sent = await ask(
            app,
            path,
            method="POST",
            headers=[*USUAL, FORM, (b"sec-fetch-site", b"same-origin")],
            chunks=[b"a=" + b"b" * 1000] * (limit // 1000 + 2),
        )
        assert sent.status == 413, path


async def test_every_answer_carries_the_security_headers_once(app: App) -> None:
    for path in PAGES:
        for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE", "TRACE", "PROPFIND"):
            answer = await ask(app, path, method=method)
            assert answer.status < 500, (method, path, answer)
            names = [name.lower() for name, _ in answer.headers]
            for name in SECURITY:
                assert names.count(name.encode()) == 1, (method, path, name, answer.headers)
            assert names.count(b"cache-control") == 1
            if b"set-cookie" in names:
                assert "no-store" in (answer.header("cache-control") or "")
            assert b"server" not in names
            assert b"x-powered-by" not in names


async def test_a_misdirected_answer_carries_them_too(app: App) -> None:
    answer = await ask(app, "/sign-in", headers=[(b"host", b"evil.example")])
    assert all(answer.header(name) for name in SECURITY)


NAMES = (
    b"accept", b"accept-language", b"authorization", b"content-type", b"content-encoding", b"transfer-encoding", b"cookie", b"origin",
    b"sec-fetch-site", b"referer", b"user-agent", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"forwarded", b"range",
    b"if-modified-since", b"if-none-match", b"expect", b"hx-request", b"x-csrf-token", b"dpop", b"x-http-method-override", b"te", b"upgrade",
)  # fmt: skip
VALUES = (
    b"", b" ", b"\x00", b"\xff\xfe\xfd", b"a" * 9000, b"'\"<script>", b"%00%0a", b"{}", b"[[[[", b"=;=;=", b",,,,", b"*/*;q=nan", b"bytes=0-,-",
    b"multipart/form-data", b"multipart/form-data; boundary=", b"application/x-www-form-urlencoded; charset=nonsense",
    b"application/json; charset=utf-7", b"text/html;q=", b"en-\xe9;q=9", b"Basic !!!!", b"Basic Og==", b"Bearer", b"Bearer .", b"DPoP x", b"null",
    b"xenia-session-acme=; xenia-session-acme=xss_", b"for=\"[::]:x\";by=_", b"127.0.0.1, ::1, x", b"2147483648", b"chunked, gzip",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
async def test_no_header_makes_us_fail(app: App, name: bytes) -> None:
    for value in VALUES:
        for path, method in (
            ("/t/acme/sign-in", "GET"),
            ("/t/acme/oauth/token", "POST"),
            ("/t/acme/recover", "POST"),
            ("/t/acme/api/v1/users", "GET"),
        ):
            answer = await ask(app, path, method=method, headers=[*USUAL, (name, value)], chunks=[b"a=b"])
            assert answer.status < 500, (name, value, path, answer.body)
            assert answer.status != 200 or path in ("/t/acme/recover",) or b"email" not in answer.body, (
                name,
                value,
                path,
            )


BODIES = (
    b"", b"\x00", b"\xff\xfe", b"&&&&", b"=====", b"a=%", b"a=%zz", b"%ff=%ff", b"a=" + b"%00" * 50, b"{", b"[]", b"null", b'{"a":' * 3000, b"1e999",
    b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--",
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb', b"&".join([b"a=b"] * 2000),
)  # fmt: skip
TYPES = (
    b"application/x-www-form-urlencoded",
    b"multipart/form-data; boundary=x",
    b"application/json",
    b"text/plain",
    b"application/octet-stream",
    b"image/png",
    b"",
)


@pytest.mark.parametrize("kind", TYPES)
async def test_no_body_makes_us_fail(app: App, kind: bytes) -> None:
    headers = [*USUAL, (b"content-type", kind), (b"sec-fetch-site", b"same-origin"), (b"accept", b"text/html")]
    for body in BODIES:
        for path in (
            "/t/acme/oauth/token",
            "/t/acme/oauth/authorize",
            "/t/acme/recover",
            "/t/acme/sign-out",
            "/t/acme/journey/xjh_x",
            "/t/acme/oauth/revoke",
        ):
            answer = await ask(app, path, method="POST", headers=headers, chunks=[body])
            assert answer.status < 500, (kind, body[:80], path, answer.body[:500])


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"%",
        b"a=%zz&a",
        b"\xff=\xfe",
        b"ui_locales=" + b"x" * 5000,
        b"ui_locales=%00&lang=%ff",
        b"next=//evil.example",
        b"next=https://evil.example",
        b"login_hint=" + b"a" * 9000,
        b"next=%2F%2Fevil",
        b"next=/\\evil.example",
    ],
)
async def test_no_query_makes_us_fail_or_leads_away(app: App, query: bytes) -> None:
    for path in ("/t/acme/sign-in", "/t/acme/oauth/authorize", "/t/acme/recover"):
        answer = await ask(app, path, query=query, headers=[*USUAL, (b"accept", b"text/html")])
        assert answer.status < 500
        assert "evil" not in (answer.header("location") or "")


async def test_a_body_that_does_not_end_is_not_waited_for(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SECONDS", 0.0)

    async def never() -> Any:
        await asyncio.Event().wait()

    for path in ("/t/acme/oauth/token", "/t/acme/recover"):
        answer = await ask(app, path, method="POST", headers=[*USUAL, FORM, SAME_SITE], receive=never)
        assert answer.status == 408
