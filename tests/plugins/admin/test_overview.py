"""The first page: figures, and sign-ins as a picture with the same numbers as a table."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.plugins.admin.conftest import World
from xenia.testing.app import Browser
from xenia_admin.charts import step_for


async def test_sign_ins_are_drawn_and_told_as_a_table(world: World, chief: Browser) -> None:
    user = await world.user("ada@demo.example")
    for _ in range(3):
        await world.signed_in(user)
    page = (await chief.get("/console/demo")).text
    assert "Succeeded: 3" in page
    assert re.search(r'<svg class="chart"[^>]*role="img"[^>]*aria-labelledby="h-chart h-chart-said"', page)
    assert "Between 0 and 3 sign-ins a day. 0 were refused altogether." in page
    table = page.partition("Show as a table")[2]
    assert table.count('role="rowheader"') == 14
    assert re.search(r"<bdi>3</bdi>", table)
    assert " style=" not in page


async def test_who_may_not_see_events_sees_no_picture(world: World) -> None:
    support = await world.administrator("support:demo", email="support@xenia.example")
    assert 'class="chart"' not in (await support.get("/console/demo")).text


async def test_what_people_enrolled_is_counted_by_way(world: World, chief: Browser) -> None:
    people = [await world.user(f"{name}@demo.example") for name in ("ada", "grace", "mira")]
    await world.credential(people[0])
    page = unescape((await chief.get("/console/demo/factors")).text)
    assert "Of 3 people, 0 % have a second factor." in page
    assert "33 %" in page


@pytest.mark.parametrize(
    ("highest", "step"), [(0, 1), (3, 1), (4, 1), (5, 2), (9, 5), (30, 10), (1000, 500), (6480, 2000)]
)
def test_the_grid_has_round_numbers_and_few_lines(highest: int, step: int) -> None:
    assert step_for(highest) == step
