"""Forms: a struct's fields, every error at once, and secrets that are never shown."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from xenia.errors import Invalid
from xenia.forms import check, fields, parse, schema
from xenia.messages import literal, text
from xenia.settings import Secret
from xenia.ui import FieldKind


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str
    weight: int = 1


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    length: Annotated[int, Meta(ge=8, le=128, title="Length", description="At least eight.")] = 12
    ratio: float = 0.5
    words: tuple[str, ...] = ()
    on: bool = True
    colour: Colour = Colour.RED
    mode: Literal["slow", "fast"] = "slow"
    token: Secret = Secret()
    maybe: int | None = None
    places: tuple[Place, ...] = ()
    title: str

    def __post_init__(self) -> None:
        if self.title == "forbidden":
            raise ValueError("the title is taken")


def _posted(**changes: str) -> dict[str, str]:
    return {"length": "16", "ratio": "1", "on": "true", "colour": "blue", "mode": "fast", "title": "x", **changes}


def test_a_posted_form_becomes_the_struct() -> None:
    made = parse(Sample, _posted(words="a\r\n\r\n b ", token="hush", maybe="3", places='[{"url": "u"}]', csrf="y"))
    assert made == Sample(
        length=16,
        ratio=1.0,
        words=("a", "b"),
        colour=Colour.BLUE,
        mode="fast",
        token=Secret("hush"),
        maybe=3,
        places=(Place("u"),),
        title="x",
    )


def test_a_box_that_is_not_ticked_is_off_and_a_blank_leaves_the_default() -> None:
    made = parse(Sample, {"title": "x", "colour": "red", "mode": "slow", "length": " ", "maybe": ""})
    assert made == Sample(title="x", on=False)


def test_every_error_of_a_form_shows_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        parse(Sample, _posted(length="7", ratio="much", colour="green", mode="", maybe="x", places="{", title=""))
    assert {name: problem.id for name, problem in caught.value.fields.items()} == {
        "length": "form.too_small",
        "ratio": "form.number",
        "colour": "form.choice",
        "mode": "form.choice",
        "maybe": "form.number",
        "places": "form.structure",
        "title": "form.required",
    }
    assert caught.value.fields["length"].values == {"limit": "8"}


def test_every_error_of_nested_data_is_named_by_its_path() -> None:
    value, problems = check(Sample, {"title": "x", "places": [{"url": 1}, {"weight": "a"}, {"no": 1}], "extra": 1})
    assert value is None
    assert problems.keys() == {
        "places[0].url",
        "places[1].url",
        "places[1].weight",
        "places[2].no",
        "places[2].url",
        "extra",
    }


def test_a_structs_own_check_is_an_error_of_the_whole() -> None:
    value, problems = check(Sample, {"title": "forbidden"})
    assert value is None
    assert problems == {"": text("form.invalid", problem="the title is taken")}


def test_a_form_has_a_field_for_each_setting() -> None:
    made = {
        field.name: field
        for field in fields(Sample, "sample", Sample(title="x", token=Secret("hush"), words=("a", "b")))
    }
    assert {name: field.kind for name, field in made.items()} == {
        "length": FieldKind.NUMBER,
        "ratio": FieldKind.NUMBER,
        "words": FieldKind.MULTILINE,
        "on": FieldKind.CHECKBOX,
        "colour": FieldKind.SELECT,
        "mode": FieldKind.SELECT,
        "token": FieldKind.PASSWORD,
        "maybe": FieldKind.NUMBER,
        "places": FieldKind.MULTILINE,
        "title": FieldKind.TEXT,
    }
    assert (made["length"].label, made["length"].hint) == (literal("Length"), literal("At least eight."))
    assert made["title"].label == text("settings.sample.title")
    assert [choice.value for choice in made["colour"].choices] == ["red", "blue"]
    assert (made["on"].value, made["words"].value, made["title"].required) == ("true", "a\nb", True)


def test_a_secret_is_never_shown() -> None:
    made = fields(Sample, "sample", Sample(title="x", token=Secret("hush"), places=(Place("u"),)))
    assert "hush" not in repr(made)
    assert schema(Sample)["$defs"]["Sample"]["properties"]["token"]["writeOnly"] is True


def test_a_form_without_values_shows_the_defaults() -> None:
    made = {field.name: field.value for field in fields(Sample, "sample")}
    assert (made["length"], made["colour"], made["title"], made["on"]) == ("12", "red", "", "true")
