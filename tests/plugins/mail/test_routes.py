"""The pages behind a mail's link, and the mailbox that exists in development alone."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest
from httpx2 import ASGITransport, AsyncClient
from litestar import Litestar
from litestar.connection import Request
from litestar.datastructures import State
from litestar.response import Response
from litestar.types import ASGIApp, Receive, Scope, Send

from tests.plugins.mail.conftest import CONTEXT, MailHost
from xenia.errors import NotFound
from xenia.ids import new_id
from xenia.notify.models import Rendered
from xenia.plugin.host import Host
from xenia.settings import Settings
from xenia.ui import PageView
from xenia_mail.mailbox import Mailbox
from xenia_mail.routes import mailbox_routes, parts_of, verification_routes
from xenia_mail.verification import Target, Verification


class Shows:
    """A renderer that writes what it was told."""

    def render(self, page: PageView, request: Request[Any, Any, Any]) -> bytes:
        """Template, title and data."""
        return msgspec.json.encode([page.template, page.title.id, msgspec.to_builtins(page.data)])


def _in_tenant(app: ASGIApp) -> ASGIApp:
    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {}).update({"context": CONTEXT, "base": "/t/acme", "csrf": "", "browser": ""})
        await app(scope, receive, send)

    return middleware


@pytest.fixture
def client(host: Host) -> AsyncClient:
    """The plugin's pages."""
    handlers = [*verification_routes(Verification(host)), *mailbox_routes(host, Mailbox(host))]
    app = Litestar(
        handlers,
        middleware=[_in_tenant],
        state=State({"renderer": Shows()}),
        openapi_config=None,
        exception_handlers={NotFound: lambda _request, problem: _answer(problem.status)},
    )
    return AsyncClient(transport=ASGITransport(app=cast("Any", app)), base_url="http://localhost")


def _answer(status: int) -> Response[None]:
    return Response(None, status_code=status)


async def _link(host: Host, fake: MailHost) -> str:
    await Verification(host).send(CONTEXT, Target(new_id(), "ada@acme.example"), taken=False)
    return fake.sent[-1].link


async def test_a_link_asks_for_a_button_and_works_once(client: AsyncClient, host: Host, fake: MailHost) -> None:
    link = await _link(host, fake)
    for _ in range(2):
        page = await client.get(link)
        assert (page.status_code, page.json()[1]) == (200, "mail.confirm.title")
    confirmed = await client.post(link, follow_redirects=False)
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, "/t/acme/verify-email/done")
    assert (await client.get("/verify-email/done")).json()[1] == "mail.confirmed.title"
    assert (await client.post(link)).status_code == 410
    assert (await client.get(link)).status_code == 410


async def test_a_made_up_link_answers_like_a_used_one(client: AsyncClient) -> None:
    assert (await client.get("/verify-email/nothing")).status_code == 410


async def test_the_mailbox_shows_mails_as_text_with_links(client: AsyncClient, host: Host) -> None:
    message = Rendered(
        to="ada@acme.example",
        subject="Hi",
        text="<script> https://acme.example/x?y=1\nbye",
        html="<b>Hi</b>",
        message_id=str(new_id()),
    )
    await Mailbox(host).keep(CONTEXT, message)
    (mail,) = (await client.get("/mailbox")).json()[2]["mails"]
    assert (mail["subject"], mail["recipient"]) == ("Hi", "ada@acme.example")
    opened = (await client.get(mail["href"])).json()[2]
    plain, link = {"text": "<script> ", "href": ""}, "https://acme.example/x?y=1"
    assert opened["paragraphs"] == [[[plain, {"text": link, "href": link}], [{"text": "bye", "href": ""}]]]
    assert (await client.get("/mailbox/nothing")).status_code == 404


async def test_outside_of_development_there_is_no_mailbox(host: Host, fake: MailHost) -> None:
    fake.settings = Settings()
    assert mailbox_routes(host, Mailbox(host)) == ()


@pytest.mark.parametrize("words", ["", "javascript:alert(1)", "data:text/html,x", "ftp://a.example"])
def test_only_web_addresses_become_links(words: str) -> None:
    assert all(not part["href"] for part in parts_of(words))
