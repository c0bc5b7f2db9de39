"""Proving by a link that one reads the mailbox of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import (
    Again,
    ChannelKind,
    Context,
    Factor,
    Form,
    Host,
    Journey,
    Proof,
    Proven,
    Refused,
    SendingMethod,
    StepView,
    Text,
    text,
)
from xenia_magic_link.models import Ticket
from xenia_magic_link.service import LinkService, Sent
from xenia_magic_link.settings import MagicLinkSettings, Place
from xenia_magic_link.views import RESEND, wait, waiting_view


class MagicLinkMethod:
    """A link to the mailbox that the account is known by. RFC 8176 has no value of its own for it; it is used once: ``otp``.

    A first proof only: beside another one a mailbox would add nothing.
    """

    name = "magic_link"
    factors = frozenset({Factor.MAILBOX})
    amr: tuple[str, ...] = ("otp",)
    primary = True
    sends = True
    guessable = False
    label = text("magic_link.label")
    icon = "mail"

    def __init__(self, host: Host, links: LinkService) -> None:
        self._host = host
        self._links = links

    async def available(self, context: Context, journey: Journey) -> bool:
        """Before a proof, where the tenant wants it and has a channel; to whom a session tells us, if they can be reached."""
        settings = await self._host.config.get(context, MagicLinkSettings)
        if journey.proofs or settings.first is Place.NEVER:
            return False
        if not await self._host.notify.can(context, ChannelKind.EMAIL):
            return False
        return journey.session_id is None or await self._links.reachable(context, journey) is not None

    async def begin(self, context: Context, journey: Journey) -> StepView | Again:
        """The page that waits; the first time, a link is sent. The same for every account, existing or not."""
        kept = journey.remembered(self.name)
        if kept.get("ticket"):
            return await self._view(context, int(kept["number"]))
        sent = await self._links.send(context, journey)
        if sent.wait:
            return await self._view(context, 0, {"": wait(sent.wait)})
        return Again(view=await self._view(context, sent.number), remember=_kept(sent))

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused | Again:
        """Go on if the link was opened and confirmed, or send another."""
        if form.get("action") == RESEND:
            return await self._resend(context, journey)
        kept = journey.remembered(self.name).get("ticket")
        taken = kept and await self._links.take(context, Ticket(journey.id, UUID(kept)))
        user = await self._links.reachable(context, journey) if taken else None
        if user is None:
            return Refused(errors={"": text("magic_link.not_yet")}, counts=False)
        at = self._host.clock.now()
        return Proven(user_id=user.id, proof=Proof(method=self.name, factors=self.factors, amr=self.amr, at=at))

    async def _resend(self, context: Context, journey: Journey) -> Refused | Again:
        sent = await self._links.send(context, journey)
        if sent.wait:
            return Refused(errors={"": wait(sent.wait)}, counts=False)
        view = await self._view(context, sent.number, sent_again=True)
        return Again(view=view, remember=_kept(sent), counts=False)

    async def _view(
        self, context: Context, number: int, errors: dict[str, Text] | None = None, *, sent_again: bool = False
    ) -> StepView:
        settings = await self._host.config.get(context, MagicLinkSettings)
        return waiting_view(number, errors, anywhere=settings.other_devices, sent_again=sent_again)


def _kept(sent: Sent) -> dict[str, object]:
    return {"ticket": sent.ticket, "number": sent.number}


if TYPE_CHECKING:

    def _proof(host: Host) -> SendingMethod:
        return MagicLinkMethod(host, LinkService(host))
