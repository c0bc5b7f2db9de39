"""The message as bytes on the wire: two forms of the same words, and headers that hold one line each."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from xenia.api import Rendered
from xenia_mail.server import domain_of

_PART = r"[^@\s<>()\[\]\\,;:\"]+"
_ADDRESS = re.compile(f"{_PART}@{_PART}")


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
    # RFC 3834 section 5: no holiday notice may answer this.
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made.set_content(message.text)
    if message.html:
        made.add_alternative(message.html, subtype="html")
    # Last: the parts would take every Content header that stands before them.
    made["Content-Language"] = message.locale
    return made


def _address(spec: str) -> Address:
    """One address and nothing else: no second one, no name, no line break. Its name may be beyond ASCII (RFC 6531)."""
    if not _ADDRESS.fullmatch(spec) or not spec.isprintable():
        raise ValueError("not a plain address")
    name, _, domain = spec.partition("@")
    return Address(username=name, domain=domain)
