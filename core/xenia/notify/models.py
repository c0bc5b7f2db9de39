"""Messages to people: what to say, to which address, by which kind of channel."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from xenia.messages import Text


class ChannelKind(StrEnum):
    """How a person is reached."""

    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"
    PUSH = "push"


class NoticeLink(msgspec.Struct, frozen=True, kw_only=True):
    """A further way out of a notice: what it leads to, in words, and a path below the issuer."""

    label: Text
    path: str


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be sent after the commit. ``body`` are paragraphs; ``code`` is shown large; ``link`` is below the issuer.

    ``concerns``: it tells this person of a change of their account, or of a sign-in, that may not have been theirs. Plugins then
    add links by ``notice_links``. ``at``: when that happened; where nobody says, when the message was handed over.

    Sealed while it waits, since it may carry a code. After ``expires_at`` it is dropped, with an event.
    """

    channel: ChannelKind
    to: str
    subject: Text
    body: tuple[Text, ...]
    code: str = ""
    link: str = ""
    link_label: Text | None = None
    small: tuple[Text, ...] = ()
    locale: str = "en"
    expires_at: datetime | None = None
    concerns: UUID | None = None
    at: datetime | None = None
    data: dict[str, Any] = {}


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """A message in words. ``html`` is empty for channels that have none. ``message_id`` is stable over retries. ``data`` is
    what the sender gave along, which a channel may know how to read.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    locale: str = "en"
    message_id: str = ""
    data: dict[str, Any] = {}
