"""Messages in words: by the renderer of pages where there is one, else as plain text from the catalogue alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from xenia.context import Context
from xenia.messages import Catalogue, Text
from xenia.notify.models import ChannelKind, NoticeLink, Outgoing, Rendered
from xenia.tenants.models import Tenant

TEMPLATE = "emails/message"
_DRAWN = ("subject", "body", "code", "link_label", "small")


class RenderedEmail(Protocol):
    """An e-mail in words: ``text`` and ``html`` are two forms of the same."""

    @property
    def subject(self) -> str:
        """One line."""
        ...

    @property
    def text(self) -> str:
        """For readers without markup."""
        ...

    @property
    def html(self) -> str:
        """For everybody else."""
        ...


@runtime_checkable
class EmailRenderer(Protocol):
    """Draws e-mails; offered by the renderer of pages."""

    def render_email(self, template: str, data: Mapping[str, Any], context: Context, *, tenant: str) -> RenderedEmail:
        """The message in the context's language, from ``tenant`` (its title).

        ``data`` holds ``subject`` and ``body`` (``Text``), ``code``, ``link`` (a whole address), ``link_label``, ``small`` and
        ``more``: further links, each with ``label`` (``Text``) and ``address``.
        """
        ...


def render(
    catalogue: Catalogue,
    renderer: EmailRenderer | None,
    context: Context,
    message: Outgoing,
    *,
    tenant: Tenant,
    message_id: str,
    more: Sequence[NoticeLink] = (),
) -> Rendered:
    """``message`` in the context's language. Its link is made whole by the tenant's issuer, never by a request's header."""
    link = f"{tenant.issuer}{message.link}" if message.link else ""
    further = [(one.label, f"{tenant.issuer}{one.path}") for one in more]
    if message.channel is not ChannelKind.EMAIL or renderer is None:
        return _plain(catalogue, message, [(message.link_label, link), *further], message_id)
    data = {**message.data, **{name: getattr(message, name) for name in _DRAWN}, "link": link}
    data["more"] = [{"label": label, "address": address} for label, address in further]
    drawn = renderer.render_email(TEMPLATE, data, context, tenant=tenant.title)
    return Rendered(
        to=message.to,
        subject=one_line(drawn.subject),
        text=drawn.text,
        html=drawn.html,
        locale=message.locale,
        message_id=message_id,
        data=message.data,
    )


def _plain(
    catalogue: Catalogue, message: Outgoing, links: Sequence[tuple[Text | None, str]], message_id: str
) -> Rendered:
    def said(wanted: Text) -> str:
        return catalogue.say(wanted, message.locale)

    ways = [f"{said(label) if label else ''}\n{link}".strip() for label, link in links]
    paragraphs = [*map(said, message.body), message.code, *ways, *map(said, message.small)]
    return Rendered(
        to=message.to,
        subject=one_line(said(message.subject)),
        text="\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n",
        locale=message.locale,
        message_id=message_id,
        data=message.data,
    )


def one_line(words: str) -> str:
    """A header field holds one line (RFC 5322 section 2.2): a line break in a value must not begin another."""
    return " ".join(words.split())
