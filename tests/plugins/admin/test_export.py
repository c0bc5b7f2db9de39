"""The audit log as a file."""

from __future__ import annotations

import csv
import io
import json
import sys
from html import unescape

import pytest

from tests.plugins.admin.conftest import World
from xenia.api import EventQuery
from xenia.testing.app import Browser
from xenia_admin.pages.audit_export import csv_line


async def test_every_event_that_the_filters_show_is_in_the_file(
    world: World, chief: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[csv_line.__module__], "PAGE", 2)
    for place in range(5):
        await world.user(f"a{place}@demo.example")
    answer = await chief.get("/console/demo/audit/export/ndjson?type=user.created")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert answer.headers["content-disposition"] == 'attachment; filename="demo-audit.ndjson"'
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["type"] for line in lines] == ["user.created"] * 5
    assert len({line["id"] for line in lines}) == 5


async def test_a_spreadsheet_gets_a_head_and_a_row_for_each_event(world: World, chief: Browser) -> None:
    user = await world.user("ada@demo.example")
    answer = await chief.get(f"/console/demo/audit/export/csv?person={user.id}")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["type"], row["object_id"], row["person"]) for row in rows] == [
        ("user.created", str(user.id), str(user.id))
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1"])
def test_what_a_spreadsheet_would_run_is_written_as_words(cell: str) -> None:
    ((read,),) = csv.reader(io.StringIO(csv_line([cell]), newline=""))
    assert read == "'" + cell


def test_quotes_and_commas_stay_in_their_cell() -> None:
    assert list(csv.reader(io.StringIO(csv_line(['a,"b', "c"])))) == [['a,"b', "c"]]


async def test_taking_the_log_is_in_the_log(world: World, chief: Browser) -> None:
    await chief.get("/console/demo/audit/export/csv")
    page = await world.kernel.events.list(world.context(), EventQuery(types=("console.audit_exported",)))
    assert [(event.actor.tenant, event.data) for event in page.events] == [("system", {"format": "csv"})]


async def test_an_unknown_format_is_not_found_and_others_may_not(world: World, chief: Browser) -> None:
    assert (await chief.get("/console/demo/audit/export/exe")).status_code == 404
    support = await world.administrator("support:demo", email="support@xenia.example")
    assert (await support.get("/console/demo/audit/export/csv")).status_code == 403


async def test_the_links_to_the_file_carry_the_filters(world: World, chief: Browser) -> None:
    await world.user("ada@demo.example")
    page = await chief.get("/console/demo/audit?type=user.created")
    assert "/console/demo/audit/export/csv?type=user.created" in unescape(page.text)
