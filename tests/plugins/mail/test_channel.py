"""Messages reach a real mail server, whole and safe, or are tried again; in development they stay."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.plugins.mail.certificates import certificate
from tests.plugins.mail.conftest import CONTEXT, MailHost, Received, Serve
from xenia.db import Database
from xenia.errors import Unavailable, Undeliverable
from xenia.ids import new_id
from xenia.notify.models import Rendered
from xenia.plugin.host import Host
from xenia.security.dialer import Dialer
from xenia.settings import Secret, Settings
from xenia_mail.channel import MailChannel
from xenia_mail.health import reaches_server
from xenia_mail.mailbox import Mailbox
from xenia_mail.server import Server
from xenia_mail.settings import MailSettings

MESSAGE = Rendered(
    to="ada@acme.example",
    subject="Grüße",
    text="Hallo\nAda\n",
    html="<p>Hallo Ada</p>",
    locale="de",
    message_id=str(new_id()),
)


@pytest.fixture
def channel(host: Host) -> MailChannel:
    """The channel under test."""
    return MailChannel(host, Mailbox(host))


async def test_a_message_arrives_in_both_forms_with_its_headers(
    fake: MailHost, channel: MailChannel, serve: Serve, received: Received
) -> None:
    fake.serve(f"smtp://localhost:{await serve()}")
    await channel.send(CONTEXT, MESSAGE)
    got = received.message()
    assert (got["From"], got["To"], got["Subject"]) == ("Acme Stores <no-reply@localhost>", "ada@acme.example", "Grüße")
    assert got["Message-ID"] == f"<{MESSAGE.message_id}@localhost>"
    assert (got["Content-Language"], got["Auto-Submitted"]) == ("de", "auto-generated")
    assert got["Date"] == "Sun, 22 Nov 2026 09:30:00 +0000"
    assert got.get_content_type() == "multipart/alternative"
    plain, html = got.get_body(("plain",)), got.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == MESSAGE.text.splitlines()
    assert html.get_content().strip() == MESSAGE.html
    assert received.envelopes[0].rcpt_tos == ["ada@acme.example"]
    assert received.envelopes[0].mail_from == "no-reply@localhost"


async def test_a_message_without_markup_is_plain(
    fake: MailHost, channel: MailChannel, serve: Serve, received: Received
) -> None:
    fake.serve(f"smtp://localhost:{await serve()}")
    await channel.send(CONTEXT, msgspec.structs.replace(MESSAGE, html=""))
    assert received.message().get_content_type() == "text/plain"


async def test_a_line_break_in_the_subject_begins_no_header(
    fake: MailHost, channel: MailChannel, serve: Serve, received: Received
) -> None:
    fake.serve(f"smtp://localhost:{await serve()}")
    await channel.send(CONTEXT, msgspec.structs.replace(MESSAGE, subject="Hi\r\nBcc: eve@evil.example\r\n\r\nBody"))
    assert received.message()["Bcc"] is None
    assert received.message()["Subject"] == "Hi Bcc: eve@evil.example Body"


@pytest.mark.parametrize(
    "recipient",
    [
        "ada@acme.example\r\nBcc: eve@evil.example",
        "ada@acme.example, eve@evil.example",
        "Ada <ada@acme.example>",
        "ada",
        "",
        "a\0@b.example",
    ],
)
async def test_an_address_that_is_more_than_one_address_is_never_sent_to(
    fake: MailHost, channel: MailChannel, serve: Serve, received: Received, recipient: str
) -> None:
    fake.serve(f"smtp://localhost:{await serve()}")
    with pytest.raises((ValueError, IndexError)):
        await channel.send(CONTEXT, msgspec.structs.replace(MESSAGE, to=recipient))
    assert received.envelopes == []


async def test_an_address_beyond_ascii_is_reached(
    fake: MailHost, channel: MailChannel, serve: Serve, received: Received
) -> None:
    fake.serve(f"smtp://localhost:{await serve()}")
    await channel.send(CONTEXT, msgspec.structs.replace(MESSAGE, to="zoë@acme.example"))
    assert received.envelopes[0].rcpt_tos == ["zoë@acme.example"]


async def test_a_tenant_with_a_server_of_its_own_sends_in_its_own_name(
    fake: MailHost, channel: MailChannel, serve: Serve, received: Received
) -> None:
    fake.serve("smtp://127.0.0.1:1")
    port = await serve()
    fake.serve(
        f"smtp://localhost:{port}", sender="hello@acme.example", sender_name="Acme", reply_to="help@acme.example"
    )
    await channel.send(CONTEXT, MESSAGE)
    assert (received.message()["From"], received.message()["Reply-To"]) == (
        "Acme <hello@acme.example>",
        "help@acme.example",
    )


async def test_over_the_installation_s_server_nobody_chooses_the_address(
    fake: MailHost, channel: MailChannel, serve: Serve, received: Received
) -> None:
    fake.serve(f"smtp://localhost:{await serve()}")
    fake.configured[MailSettings] = MailSettings(sender="ceo@bank.example", sender_name="Bank")
    await channel.send(CONTEXT, MESSAGE)
    assert received.message()["From"] == "Bank <no-reply@localhost>"


@pytest.mark.parametrize("said", [{"answer": "451 later"}, {"to": "450 ada is busy"}])
async def test_what_the_server_refuses_for_now_is_tried_again(
    fake: MailHost, channel: MailChannel, serve: Serve, received: Received, said: dict[str, str]
) -> None:
    fake.serve(f"smtp://localhost:{await serve()}")
    vars(received).update(said)
    with pytest.raises(Unavailable) as caught:
        await channel.send(CONTEXT, MESSAGE)
    assert "ada" not in str(caught.value)


@pytest.mark.parametrize("said", [{"answer": "554 never"}, {"to": "550 no ada here"}])
async def test_what_the_server_refuses_for_good_is_not_tried_again(
    fake: MailHost, channel: MailChannel, serve: Serve, received: Received, said: dict[str, str]
) -> None:
    fake.serve(f"smtp://localhost:{await serve()}")
    vars(received).update(said)
    with pytest.raises(Undeliverable) as caught:
        await channel.send(CONTEXT, MESSAGE)
    assert "ada" not in str(caught.value)


async def test_a_server_that_is_away_is_tried_again(fake: MailHost, channel: MailChannel) -> None:
    fake.serve("smtp://localhost:1")
    with pytest.raises(Unavailable):
        await channel.send(CONTEXT, MESSAGE)


async def test_a_private_address_is_out_of_reach_unless_the_operator_opened_it(
    fake: MailHost, channel: MailChannel, serve: Serve, received: Received
) -> None:
    fake.serve(f"smtp://localhost:{await serve()}", sender="a@acme.example")
    fake.dialer = Dialer(development=False)
    with pytest.raises(Unavailable):
        await channel.send(CONTEXT, MESSAGE)
    assert received.envelopes == []


async def test_a_password_travels_only_over_tls(
    fake: MailHost,
    channel: MailChannel,
    serve: Serve,
    received: Received,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vouched, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(vouched))
    fake.serve(f"smtp://ada:s3%3Acret@localhost:{await serve(auth=True)}")
    with pytest.raises(Unavailable):
        await channel.send(CONTEXT, MESSAGE)
    assert received.logins == []

    fake.serve(f"smtp://ada:s3%3Acret@localhost:{await serve(auth=True, tls=context)}")
    await channel.send(CONTEXT, MESSAGE)
    assert received.logins == [("ada", True)]
    assert len(received.envelopes) == 1


async def test_tls_from_the_first_byte(
    fake: MailHost,
    channel: MailChannel,
    serve: Serve,
    received: Received,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vouched, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(vouched))
    fake.serve(f"smtps://localhost:{await serve(tls_first=context)}")
    await channel.send(CONTEXT, MESSAGE)
    assert len(received.envelopes) == 1


async def test_a_certificate_for_another_name_is_refused(
    fake: MailHost,
    channel: MailChannel,
    serve: Serve,
    received: Received,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vouched, context = certificate(tmp_path, "mail.evil.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(vouched))
    fake.serve(f"smtps://localhost:{await serve(tls_first=context)}")
    with pytest.raises(Unavailable):
        await channel.send(CONTEXT, MESSAGE)
    assert received.envelopes == []


# ------------------------------------------------------------------ development


async def test_in_development_without_a_server_the_mailbox_keeps_each_mail_once(
    host: Host, channel: MailChannel
) -> None:
    await channel.send(CONTEXT, MESSAGE)
    await channel.send(CONTEXT, MESSAGE)
    (mail,) = await Mailbox(host).list(CONTEXT)
    assert (mail.recipient, mail.subject) == (MESSAGE.to, MESSAGE.subject)
    opened = await Mailbox(host).get(CONTEXT, str(mail.id))
    assert opened is not None
    assert opened.text == MESSAGE.text


async def test_a_mailbox_is_its_tenant_s_alone(host: Host, channel: MailChannel) -> None:
    await channel.send(CONTEXT, MESSAGE)
    other = msgspec.structs.replace(CONTEXT, tenant="other")
    assert await Mailbox(host).list(other) == ()
    assert await Mailbox(host).get(other, MESSAGE.message_id) is None
    assert await Mailbox(host).get(CONTEXT, "not-an-id") is None


async def test_the_mailbox_lets_go_of_the_oldest(database: Database, host: Host, channel: MailChannel) -> None:
    await database.execute(
        "INSERT INTO mail_mailbox (tenant_id, id, recipient, subject, text) "
        "SELECT 'acme', gen_random_uuid(), 'a@b.example', 'old', '' FROM generate_series(1, 205)"
    )
    await channel.send(CONTEXT, MESSAGE)
    mails = await Mailbox(host).list(CONTEXT)
    assert (len(mails), mails[0].subject) == (200, MESSAGE.subject)


async def test_outside_of_development_no_mail_stays_here(fake: MailHost, host: Host, channel: MailChannel) -> None:
    fake.settings = Settings()
    with pytest.raises(Unavailable):
        await channel.send(CONTEXT, MESSAGE)
    assert await Mailbox(host).list(CONTEXT) == ()


# ------------------------------------------------------------------ health and addresses


async def test_health_says_whether_the_server_answers(fake: MailHost, host: Host, serve: Serve) -> None:
    assert await reaches_server(host) is None
    fake.settings = Settings()
    assert "smtp_url" in str(await reaches_server(host))
    fake.settings = Settings(development=True, smtp_url=Secret("smtp://localhost:1"))
    assert "smtp_url" in str(await reaches_server(host))
    fake.serve(f"smtp://localhost:{await serve()}")
    assert await reaches_server(host) is None


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtps://mail.example", Server(host="mail.example", port=465, tls=True)),
        ("smtp://mail.example", Server(host="mail.example", port=587, tls=False)),
        (
            "smtp://a%40b:p%3Aw@mail.example:25",
            Server(host="mail.example", port=25, tls=False, user="a@b", password="p:w"),
        ),
    ],
)
def test_a_server_s_address_is_read(address: str, server: Server) -> None:
    assert Server.parse(address) == server


@pytest.mark.parametrize("address", ["", "http://mail.example", "smtp://", "mail.example:25"])
def test_what_is_no_server_s_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError):
        Server.parse(address)
