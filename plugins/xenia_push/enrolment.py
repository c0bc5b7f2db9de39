"""Getting a device: scan a picture with the tenant's app, and type the number that it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import Again, Context, Enrolled, Enrolment, Form, Host, Journey, Refused, StepView, Text, text
from xenia_push import models
from xenia_push.challenges import number_of
from xenia_push.devices import Devices
from xenia_push.pages import ENROL
from xenia_push.settings import PushSettings
from xenia_push.views import enrol_view, full_view


class PushEnrolment:
    """The number goes from the device to the page: whoever photographed the picture has a device of their own, but not this number."""

    name = "push"
    kind = models.KIND
    second = True
    sign_up = False
    label = text("push.label")
    hint = text("push.hint")
    icon = "phone"

    def __init__(self, host: Host, devices: Devices) -> None:
        self._host = host
        self._devices = devices

    async def begin(self, context: Context, journey: Journey) -> StepView | Again:
        """The picture of a fresh token; a page that is loaded again shows the same."""
        if count := await self._too_many(context, journey):
            return full_view(count)
        if token := journey.remembered(self.name).get("token"):
            return enrol_view(await self._link(context, str(token)))
        return await self._fresh(context)

    async def complete(self, context: Context, journey: Journey, form: Form) -> Enrolled | Refused | Again:
        """The device is the person's when its number was typed."""
        kept = journey.remembered(self.name)
        if not kept.get("ticket") or await self._too_many(context, journey):
            return Again()
        found = await self._devices.confirm(context, UUID(kept["ticket"]), number_of(form.get("number", "")))
        if not isinstance(found, int):
            return Enrolled(credentials=(found,))
        if found:
            return Refused(errors={"number": text("push.enrol.wrong")}, counts=False)
        if await self._devices.awaits(context, str(kept["token"])):
            return Refused(errors={"number": text("push.enrol.not_yet")}, counts=False)
        return await self._fresh(context, {"": text("push.enrol.over")})

    async def _fresh(self, context: Context, errors: dict[str, Text] | None = None) -> Again:
        token, ticket = await self._devices.invite(context)
        view = enrol_view(await self._link(context, token), errors)
        return Again(view=view, remember={"token": token, "ticket": str(ticket)})

    async def _link(self, context: Context, token: str) -> str:
        """What is behind the ``#`` stays with who opens it: it is in no log."""
        return f"{await self._host.url(context, ENROL)}#{token}"

    async def _too_many(self, context: Context, journey: Journey) -> int:
        """How many devices the person has, where that is as many as they may."""
        settings = await self._host.config.get(context, PushSettings)
        count = await self._devices.count(context, journey.user_id)
        return count if count >= settings.devices else 0


if TYPE_CHECKING:

    def _proof(host: Host) -> Enrolment:
        return PushEnrolment(host, Devices(host))
