"""An erasure in one process is known in every other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.architecture.tiny import plugin
from xenia.context import Context
from xenia.errors import Conflict, XeniaError
from xenia.events.models import EventQuery, NewEvent, Object
from xenia.pages import PersonalData
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


@pytest.mark.parametrize(
    ("problem", "raised"), [(RuntimeError("disk on fire"), XeniaError), (Conflict("kept"), Conflict)]
)
async def test_a_plugin_that_cannot_erase_stops_the_erasure_and_is_named(
    make_app: MakeApp, problem: Exception, raised: type[XeniaError], capsys: pytest.CaptureFixture[str]
) -> None:
    async def fails(_context: Context, _user: Any) -> None:
        raise problem

    async def nothing(*_given: Any) -> dict[str, Any]:
        return {}

    data = PersonalData(name="tiny", export=nothing, erase=fails, move=nothing, restore=nothing)  # type: ignore[arg-type]
    app = await make_app([plugin("tiny", {"register_personal_data": lambda: [data]})])
    await app.tenant()
    ada = await a_person(app)
    with pytest.raises(raised) as found:
        await app.kernel.users.erase(app.context, ada.id)
    assert isinstance(problem, XeniaError) or "the plugin tiny" in found.value.detail
    assert "plugin=tiny" in capsys.readouterr().err
    still = await app.kernel.users.get(app.context, ada.id)
    assert still is not None
    assert still.email == ada.email
