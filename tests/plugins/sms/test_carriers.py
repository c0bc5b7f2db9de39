"""A provider's rules are kept, and its refusals told apart: for now, for good, and those that the tenant must mend."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.sms import gateway as provider
from tests.plugins.sms.conftest import NUMBER, OTHER, Gateway, events, retried, use
from xenia.api import ChannelKind, Outgoing, Rendered, Secret, Unavailable, Undeliverable, literal, new_id
from xenia.testing.app import App
from xenia_sms.budget import Budget
from xenia_sms.carriers import NotSetUp
from xenia_sms.channel import SmsChannel
from xenia_sms.settings import BodyFormat, Provider

FORM: dict[str, Any] = {
    "http_format": BodyFormat.FORM,
    "http_body": "to={digits}&text={text}&from=Acme",
    "http_secret_header": "Authorization",
    "http_secret": Secret(provider.BEARER),
    "http_success": "OK",
}
TWILIO: dict[str, Any] = {
    "provider": Provider.TWILIO,
    "twilio_account": provider.ACCOUNT,
    "twilio_token": Secret(provider.TOKEN),
    "twilio_sender": provider.SENDER,
}
WAYS = {"json": {}, "form": FORM, "twilio": TWILIO}


@pytest.fixture(params=WAYS)
async def way(request: pytest.FixtureRequest, app: App, gateway: Gateway) -> str:
    """Each provider in turn."""
    await choose(app, gateway, request.param)
    return str(request.param)


async def choose(app: App, gateway: Gateway, way: str, **changes: Any) -> None:
    """What the tenant decided, this provider by its own address."""
    places = {"http_url": f"{gateway.url}/{'form' if way == 'form' else 'send'}", "twilio_url": gateway.url}
    await use(app, gateway, **{**places, **WAYS[way], **changes})


def said(text: str = "Hello", to: str = NUMBER) -> Rendered:
    return Rendered(to=to, subject="", text=text, message_id=str(new_id()))


async def sent(app: App, message: Rendered) -> None:
    await SmsChannel(app.kernel, Budget(app.kernel)).send(app.context, message)


async def queued(app: App, to: str = NUMBER) -> None:
    """A message as any plugin sends one."""
    message = Outgoing(channel=ChannelKind.SMS, to=to, subject=literal("Hello"), body=(literal("Good day"),))
    async with app.kernel.transaction():
        await app.kernel.notify.send(app.context, message)
    await app.settle()


async def test_a_message_arrives(app: App, gateway: Gateway, way: str) -> None:
    message = said('Grüße: 100 % & {to} "x" 😀 a+b=c\n@login.example #123456\n')
    await sent(app, message)
    [taken] = gateway.sent()
    assert (taken["to"], taken["text"]) == (NUMBER, message.text.strip())
    assert taken["reference"] in (message.message_id, "")
    assert taken["from"] in ("", "Acme", provider.SENDER)


@pytest.mark.parametrize("sender", [provider.SERVICE, "Acme"])
async def test_twilio_sends_by_a_service_a_name_and_a_key(app: App, gateway: Gateway, sender: str) -> None:
    key = {"twilio_key": provider.KEY, "twilio_token": Secret(provider.KEY_SECRET)}
    await choose(app, gateway, "twilio", twilio_sender=sender, **key)
    await sent(app, said())
    assert gateway.sent()[0]["from"] == sender


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_what_fails_for_now_may_be_tried_again(app: App, gateway: Gateway, way: str, status: int) -> None:
    gateway.control(fail=[status])
    message = said()
    with pytest.raises(Unavailable) as problem:
        await sent(app, message)
    assert not isinstance(problem.value, NotSetUp)
    await sent(app, message)
    assert len(gateway.sent()) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 404, 405])
async def test_what_the_tenant_must_mend_waits_and_says_so(
    app: App, gateway: Gateway, way: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.control(fail=[status])
    with pytest.raises(NotSetUp, match=str(status)):
        await sent(app, said())
    words = "".join(capsys.readouterr())
    assert "sms_not_set_up" in words
    assert NUMBER not in words


@pytest.mark.parametrize("status", [400, 410, 422])
async def test_what_is_refused_for_good_is_not_tried_again(app: App, gateway: Gateway, way: str, status: int) -> None:
    gateway.control(fail=[status])
    with pytest.raises(Undeliverable, match=str(status)):
        await sent(app, said())


async def test_a_number_that_the_provider_does_not_know_is_refused_for_good(
    app: App, gateway: Gateway, way: str
) -> None:
    gateway.control(unknown=[NUMBER])
    with pytest.raises(Undeliverable) as problem:
        await sent(app, said())
    assert NUMBER not in problem.value.detail


@pytest.mark.parametrize(
    ("way", "wrong"),
    [
        ("json", {"http_secret": Secret("wrong")}),
        ("json", {"http_secret": Secret("a\r\nX-Evil: 1")}),
        ("json", {"http_secret": Secret("schlüssel")}),
        ("json", {"http_url": "/nowhere"}),
        ("form", {"http_secret": Secret("Bearer wrong")}),
        ("twilio", {"twilio_token": Secret("wrong")}),
        ("twilio", {"twilio_account": "AC" + "9" * 32, "twilio_key": provider.KEY, "twilio_token": Secret(provider.KEY_SECRET)}),
        ("twilio", {"twilio_sender": "+12025550199"}),
        ("twilio", {"twilio_sender": "MG" + "9" * 32}),
    ],
)  # fmt: skip
async def test_a_wrong_set_up_is_no_fault_of_the_message(
    app: App, gateway: Gateway, way: str, wrong: dict[str, Any]
) -> None:
    if str(wrong.get("http_url", "")).startswith("/"):
        wrong = {"http_url": gateway.url + wrong["http_url"]}
    await choose(app, gateway, way, **wrong)
    with pytest.raises(NotSetUp):
        await sent(app, said())


async def test_without_a_secret_twilio_is_not_asked(app: App, gateway: Gateway) -> None:
    await choose(app, gateway, "json")
    await app.kernel.config.reset(app.context, "sms")
    await choose(app, gateway, "twilio", twilio_token=Secret())
    with pytest.raises(NotSetUp, match="twilio_token is empty"):
        await sent(app, said())
    assert gateway.seen() == 0


async def test_an_answer_without_the_words_of_a_success_is_final(app: App, gateway: Gateway) -> None:
    await choose(app, gateway, "form", http_success="ALL IS WELL")
    with pytest.raises(Undeliverable, match="without the words"):
        await sent(app, said())


async def test_a_provider_that_keeps_one_waiting_is_tried_again(
    app: App, gateway: Gateway, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xenia_sms.channel.TIMEOUT_SECONDS", 0.2)
    gateway.control(hang=True)
    with pytest.raises(Unavailable):
        await sent(app, said())
    gateway.control(hang=False)


async def test_an_answer_that_is_too_long_is_final(app: App, gateway: Gateway, way: str) -> None:
    """It was taken, and would be each time."""
    gateway.control(huge=True)
    with pytest.raises(Undeliverable, match="can't be read"):
        await sent(app, said())
    gateway.control(huge=False)
    assert len(gateway.sent()) == 1


async def test_nobody_at_home_is_tried_again(app: App, gateway: Gateway) -> None:
    await use(app, gateway, http_url="http://127.0.0.1:9/send")
    with pytest.raises(Unavailable):
        await sent(app, said())


async def test_the_queue_tries_until_it_succeeds_and_tells_nobody_who(app: App, gateway: Gateway, way: str) -> None:
    gateway.control(fail=[503, 429])
    await queued(app)
    assert gateway.sent() == []
    await retried(app)
    await retried(app)
    assert [one["to"] for one in gateway.sent()] == [NUMBER]
    await retried(app)
    assert len(gateway.sent()) == 1
    [told] = await events(app, "notify.sent")
    assert (told["kind"], told["channel"]) == ("sms", "sms")
    assert NUMBER not in str(told)


async def test_the_queue_gives_up_on_what_is_refused_for_good(app: App, gateway: Gateway, way: str) -> None:
    gateway.control(unknown=[NUMBER])
    await queued(app)
    await retried(app)
    assert gateway.seen() == 1
    assert len(await events(app, "notify.refused")) == 1


@pytest.mark.parametrize("to", ["", "ada@example.org", "+4930123456", "+447400123456", "+18765550123"])
async def test_nothing_goes_to_what_is_no_mobile_number_or_in_another_country(
    app: App, gateway: Gateway, to: str
) -> None:
    with pytest.raises(Undeliverable):
        await sent(app, said(to=to))
    assert gateway.seen() == 0


async def test_without_a_provider_nothing_is_sent(app: App, gateway: Gateway) -> None:
    await app.kernel.config.reset(app.context, "sms")
    with pytest.raises(NotSetUp, match="no provider"):
        await sent(app, said())


async def test_one_number_gets_only_so_many_in_a_day(app: App, gateway: Gateway) -> None:
    await use(app, gateway, number_per_day=3)
    for _ in range(3):
        await sent(app, said())
    with pytest.raises(Undeliverable, match="enough messages"):
        await sent(app, said())
    await sent(app, said(to=OTHER))
    assert len(gateway.sent()) == 4
