"""An erasure in one process is known in every other."""

from __future__ import annotations

from xenia.events.models import EventQuery, NewEvent, Object
from xenia.testing.app import MakeApp
from xenia.testing.people import a_person


async def test_another_process_forgets_the_key_of_who_was_erased(make_app: MakeApp) -> None:
    one, two = await make_app(), await make_app()
    await one.tenant()
    ada = await a_person(one)
    told = NewEvent(type="user.changed", object=Object("user", "x"), personal={"word": "warm"}, person=ada.id)
    await two.kernel.revocations.poll()
    await two.kernel.events.record(two.context, told)
    assert await one.kernel.users.erase(one.context, ada.id)
    await two.kernel.revocations.poll()
    await two.kernel.events.record(two.context, told)
    page = await one.kernel.events.list(one.context, EventQuery(person=ada.id, limit=1))
    assert page.events[0].personal == {"word": "warm"}
