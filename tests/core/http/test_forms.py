"""However a form is written, what can't be read is the sender's mistake."""

from __future__ import annotations

import pytest
from litestar._parsers import parse_url_encoded_form_data

from tests.core.journeys.world import begun
from xenia.testing.app import App

PART = b'--a\r\nContent-Disposition: form-data; name="identifier"'
IN_PARTS = "multipart/form-data; boundary=a"
PLAIN = "application/x-www-form-urlencoded"
FORMS = [
    (IN_PARTS, PART + b"\r\nContent-Type: text/plain; charset=nope\r\n\r\nx\r\n--a--\r\n"),
    (IN_PARTS, PART + b"\r\nContent-Type: text/plain; charset=zip\r\n\r\nx\r\n--a--\r\n"),
    (IN_PARTS, PART + b"\r\nContent-Type: text/plain; charset=idna\r\n\r\nx..\r\n--a--\r\n"),
    (IN_PARTS, PART + b"\r\n\r\n\xff\xfe\r\n--a--\r\n"),
    (IN_PARTS, PART + b'; filename="x"\r\n\r\nx\r\n--a--\r\n'),
    (IN_PARTS, PART + b"\r\n\r\nx"),
    (IN_PARTS, b"--a--"),
    (IN_PARTS, b""),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=" + "a" * 500, b"x"),
    (PLAIN, b"identifier=%ed%a0%80@x.example"),
    (PLAIN, b"identifier=\xff&identifier=%"),
    (PLAIN, b"a=b&" * 5000),
    (PLAIN + "; charset=nope", b"identifier=x"),
    ("application/json", b"[" * 50_000),
    ("application/json", b'{"identifier": "\\ud800"}'),
    ("text/plain", b"identifier=x"),
    ("", b"x"),
]


@pytest.mark.parametrize(("kind", "body"), FORMS)
async def test_no_form_is_a_failure_of_ours(app: App, kind: str, body: bytes) -> None:
    browser = app.browser()
    for address in (str((await begun(browser)).url), browser.at("/recover")):
        answer = await browser.client.post(address, content=body, headers={"content-type": kind})
        assert answer.status_code < 500, (address, answer.text)


async def test_no_form_stays_in_the_frameworks_memory(app: App) -> None:
    parse_url_encoded_form_data.cache_clear()
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier="ada@example.org")
    assert (await browser.submit(page, password="harbour lanterns drift slowly")).status_code == 422
    assert parse_url_encoded_form_data.cache_info().currsize == 0
