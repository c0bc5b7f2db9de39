"""Who carries messages: what each is asked by one POST, and what its answer means. They know no network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

import msgspec

from xenia.api import Secret, Unavailable, Undeliverable
from xenia_sms.body import FORM, Template
from xenia_sms.settings import BodyFormat, Provider, SmsSettings

SET_UP = frozenset({401, 403, 404, 405})
"""We are asked for something else than we have: the tenant's set-up is wrong, and the message may wait until it is mended."""

LATER = frozenset({408, 425, 429})
TWILIO_SET_UP = frozenset({20003, 20404, 21212, 21603, 21606, 21659, 21701, 21703, 21704})
"""Twilio's codes for accounts, keys and senders that are wrong, whichever message it is."""


class Message(NamedTuple):
    """One text message. ``id`` stays the same over every retry."""

    to: str
    text: str
    id: str


class Post(NamedTuple):
    """What to send."""

    url: str
    headers: Mapping[str, str]
    content: bytes


class NotSetUp(Unavailable):
    """The tenant must mend its settings; ``detail`` says what. The message waits for that as long as it lives."""

    code = "sms_set_up"


class Carrier(Protocol):
    """A provider's rules."""

    def post(self, message: Message) -> Post:
        """The request. Raises :class:`NotSetUp`."""
        ...

    def judge(self, status: int, body: bytes) -> None:
        """Nothing where the message was taken. Raises ``Unavailable`` for now, ``Undeliverable`` for good, :class:`NotSetUp`."""
        ...


class Gateway:
    """Whatever takes a message by POST: the body is the tenant's template, one header may be a secret."""

    def __init__(self, settings: SmsSettings) -> None:
        self._settings = settings

    def post(self, message: Message) -> Post:
        """The template with the message in it."""
        settings = self._settings
        template = Template.read(settings.http_body, as_json=settings.http_format is BodyFormat.JSON)
        values = {"to": message.to, "digits": message.to.removeprefix("+"), "text": message.text, "id": message.id}
        headers = {**settings.http_headers, "content-type": template.content_type}
        if settings.http_secret:
            headers[settings.http_secret_header or "authorization"] = _revealed(settings.http_secret, "http_secret")
        return Post(settings.http_url, headers, template.filled(values))

    def judge(self, status: int, body: bytes) -> None:
        """2xx, with the words that the tenant named, is a success. An answer without them is final: asking again would cost again."""
        _judge(status, f"the gateway answered {status}")
        if self._settings.http_success.encode() not in body:
            raise Undeliverable(f"the gateway answered {status} without the words of a success")


class Twilio:
    """Twilio's Programmable Messaging, version 2010-04-01: ``POST /Accounts/{SID}/Messages.json``."""

    def __init__(self, settings: SmsSettings) -> None:
        self._settings = settings

    def post(self, message: Message) -> Post:
        """A form with basic authentication (RFC 7617)."""
        settings = self._settings
        if not settings.twilio_token:
            raise NotSetUp("twilio_token is empty")
        pair = f"{settings.twilio_key or settings.twilio_account}:{_revealed(settings.twilio_token, 'twilio_token')}"
        headers = {"authorization": f"Basic {b64encode(pair.encode()).decode()}", "content-type": FORM}
        sender = "MessagingServiceSid" if settings.twilio_sender.startswith("MG") else "From"
        form = {"To": message.to, sender: settings.twilio_sender, "Body": message.text}
        path = f"/2010-04-01/Accounts/{settings.twilio_account}/Messages.json"
        return Post(settings.twilio_url.rstrip("/") + path, headers, urlencode(form).encode())

    def judge(self, status: int, body: bytes) -> None:
        """An error is a status and a code of Twilio's own."""
        code = _code(body)
        detail = f"Twilio answered {status}, code {code}"
        if code in TWILIO_SET_UP:
            raise NotSetUp(detail)
        _judge(status, detail)


class _Error(msgspec.Struct):
    code: int = 0


def _code(body: bytes) -> int:
    try:
        return msgspec.json.decode(body, type=_Error).code
    except msgspec.DecodeError:
        return 0


def _judge(status: int, detail: str) -> None:
    if 200 <= status < 300:
        return
    if status in SET_UP or 300 <= status < 400:
        raise NotSetUp(detail)
    if status in LATER or status >= 500:
        raise Unavailable(detail)
    raise Undeliverable(detail)


def _revealed(secret: Secret, name: str) -> str:
    """A value that may stand in a header: a line break would begin another."""
    value = secret.reveal()
    if not (value.isascii() and value.isprintable()):
        raise NotSetUp(f"{name} holds what can't stand in a header")
    return value


def carrier_of(settings: SmsSettings) -> Carrier:
    """Whom the tenant chose. Raises :class:`NotSetUp`."""
    match settings.provider:
        case Provider.HTTP:
            return Gateway(settings)
        case Provider.TWILIO:
            return Twilio(settings)
    raise NotSetUp("no provider is named")
