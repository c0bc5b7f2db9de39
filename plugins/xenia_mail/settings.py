"""What a tenant may decide about its mail: section ``[plugins.mail]`` of its document."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from xenia.api import Secret

Name = Annotated[str, Meta(max_length=100)]
Mailbox = Annotated[str, Meta(max_length=254, pattern=r"\A(?:[^@\s<>,;]+@[^@\s<>,;]+)?\Z")]


class MailSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A mail server and a sender of the tenant's own; empty = the installation's.

    The sender's address can be changed only together with the server: over the installation's server a tenant sends
    under the installation's address, with a name of its own.
    """

    smtp_url: Annotated[Secret, Meta(description="The tenant's own mail server: `smtps://user:password@host:465`.")] = (
        Secret()
    )
    sender: Annotated[Mailbox, Meta(description="The sender's address, with a mail server of the tenant's own.")] = ""
    sender_name: Annotated[Name, Meta(description="The sender's name. Empty: the tenant's title.")] = ""
    reply_to: Annotated[Mailbox, Meta(description="Where answers go. Empty: to the sender.")] = ""
