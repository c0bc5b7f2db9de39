"""Waking devices through the tenant's relay, which learns nothing of anybody; and without it."""

from __future__ import annotations

import json

import httpx2
import pytest

from tests.core.security.test_dialer import serving
from tests.plugins.push.phone import Phone, a_browser, enrolled, is_signed_in, later, onward, with_password
from xenia.api import Secret
from xenia.testing.app import App
from xenia.users.models import User
from xenia_push.settings import PushSettings

TAKEN = b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
BROKEN = b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
UNKNOWN = b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


async def relayed(app: App, url: str, **more: object) -> None:
    """The tenant has a relay there."""
    await app.kernel.config.put(app.context, PushSettings, PushSettings(relay_url=url, **more))  # type: ignore[arg-type]


class Relay:
    """Takes calls in the place of the network, and answers all alike."""

    def __init__(self, status: int = 202) -> None:
        self.status = status
        self.calls: list[httpx2.Request] = []

    def http_client(self, *, timeout: float) -> httpx2.AsyncClient:
        """A client whose every request ends here."""
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self._take))

    def _take(self, request: httpx2.Request) -> httpx2.Response:
        self.calls.append(request)
        return httpx2.Response(self.status)


async def test_the_relay_is_told_a_token_and_an_id(app: App, ada: User) -> None:
    phone = await enrolled(app, push_token="fcm:abc")
    relay = Relay()
    app.kernel.dialer = relay  # type: ignore[assignment]  # as much of it as is asked for
    await relayed(app, "https://relay.example/wake", relay_secret=Secret("our secret"))
    await with_password(a_browser(app))
    await app.settle()
    [request] = await phone.asked()
    [call] = relay.calls
    assert (call.method, str(call.url)) == ("POST", "https://relay.example/wake")
    assert call.headers["authorization"] == "Bearer our secret"
    assert json.loads(call.content) == {"device_token": "fcm:abc", "id": request["id"]}


async def test_a_device_without_a_token_is_not_woken(app: App, ada: User, phone: Phone) -> None:
    relay = Relay()
    app.kernel.dialer = relay  # type: ignore[assignment]  # as much of it as is asked for
    await relayed(app, "https://relay.example/wake")
    await with_password(a_browser(app))
    await app.settle()
    assert relay.calls == []


async def test_what_is_over_wakes_nobody(app: App, ada: User) -> None:
    phone = await enrolled(app, push_token="fcm:abc")
    relay = Relay()
    app.kernel.dialer = relay  # type: ignore[assignment]  # as much of it as is asked for
    await relayed(app, "https://relay.example/wake")
    await with_password(a_browser(app))
    await phone.answer((await phone.asked())[0], decision="deny")
    await app.settle()
    assert relay.calls == []


@pytest.mark.parametrize("answer", [TAKEN, BROKEN, UNKNOWN, b"", b"nonsense\r\n\r\n"])
async def test_however_the_relay_fares_an_app_that_asks_is_told(app: App, ada: User, answer: bytes) -> None:
    phone = await enrolled(app, push_token="fcm:abc")
    async with serving(answer) as server:
        await relayed(app, f"http://localhost:{server.port}/wake")
        browser = a_browser(app)
        page = await with_password(browser)
        await app.settle()
        assert server.requests
        assert (await phone.approve(page)).json() == {"result": "approved"}
        assert is_signed_in(await onward(browser, page))


async def test_a_relay_that_failed_is_tried_again_while_the_request_lives(app: App, ada: User) -> None:
    await enrolled(app, push_token="fcm:abc")
    relay = Relay(503)
    app.kernel.dialer = relay  # type: ignore[assignment]  # as much of it as is asked for
    await relayed(app, "https://relay.example/wake")
    await with_password(a_browser(app))
    for _ in range(2):
        await app.kernel.database.execute("UPDATE jobs SET run_at = now()")
        await app.settle()
    assert len(relay.calls) == 2
    await later(app, "3 minutes")
    await app.kernel.database.execute("UPDATE jobs SET run_at = now()")
    await app.settle()
    assert len(relay.calls) == 2


async def test_as_a_first_proof_the_relay_hears_of_no_stranger(app: App, ada: User) -> None:
    await enrolled(app, push_token="fcm:abc")
    relay = Relay()
    app.kernel.dialer = relay  # type: ignore[assignment]  # as much of it as is asked for
    await relayed(app, "https://relay.example/wake", first=True)
    browser = a_browser(app)
    page = await browser.submit(await browser.get("/sign-in"), identifier="nobody@example.org")
    await browser.submit(page, action="method:push")
    await app.settle()
    assert relay.calls == []
