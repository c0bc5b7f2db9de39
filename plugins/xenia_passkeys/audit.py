"""What is told of an answer that was not accepted."""

from __future__ import annotations

from xenia.api import Context, Host, Journey, NewEvent, Object, log
from xenia_passkeys.errors import NotAccepted
from xenia_passkeys.models import Purpose


async def refused(
    host: Host, context: Context, journey: Journey, kind: str, purpose: Purpose, problem: NotAccepted
) -> None:
    """One event for each, with its reason in one word."""
    data = {"reason": problem.reason, "kind": kind, "purpose": purpose.value}
    about = Object("journey", str(journey.id))
    told = NewEvent(type="passkey.refused", object=about, person=journey.user_id, data=data, result="refused")
    await host.events.record(context, told)
    log.info("passkey_refused", tenant=context.tenant, reason=problem.reason, kind=kind)
