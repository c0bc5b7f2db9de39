"""The message as bytes on the wire: two forms of the same words, and headers that hold one line each."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from xenia.api import Rendered
from xenia_mail.server import domain_of


def letter(message: Rendered, *, sender: Address, reply_to: str, at: datetime) -> EmailMessage:
    """``message`` from ``sender`` (RFC 5322). Raises ``ValueError`` for an address that can't stand in a header."""
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = _address(message.to)
    if reply_to:
        made["Reply-To"] = _address(reply_to)
    made["Subject"] = " ".join(message.subject.split())
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{message.message_id}@{domain_of(sender.addr_spec)}>"
    made["Content-Language"] = message.locale
    # RFC 3834 section 5: no holiday notice may answer this.
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made.set_content(message.text)
    if message.html:
        made.add_alternative(message.html, subtype="html")
    return made


def _address(spec: str) -> Address:
    """An address and nothing else: no second one, no name, no line break."""
    if any(char.isspace() or not char.isprintable() for char in spec):
        raise ValueError("an address holds no blanks")
    return Address(addr_spec=spec)
