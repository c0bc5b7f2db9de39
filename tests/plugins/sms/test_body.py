"""A template's places hold values and can't become anything else, whatever is put into them."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia_sms.body import FORM, JSON, Template, TemplateWrong

HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
NASTY = (
    '"}, "to": "+1900',
    "a&to=%2B1900",
    "{to}",
    "{text}{text}",
    "\r\nX-Evil: 1",
    "\\",
    "\x00",
    "😀",
    "%00",
    "+ +",
    "'",
)


def values(text: str, to: str = "+4917604069000") -> dict[str, str]:
    return {"to": to, "digits": to[1:], "text": text, "id": "7"}


@given(text=HOSTILE)
def test_whatever_is_said_stays_one_value_of_a_json_body(text: str) -> None:
    template = Template.read('{"a": ["{to}", {"b": "<{text}>"}], "n": 1, "t": true}', as_json=True)
    assert template.content_type == JSON
    made = json.loads(template.filled(values(text)))
    assert made == {"a": ["+4917604069000", {"b": f"<{text}>"}], "n": 1, "t": True}


@given(text=HOSTILE)
def test_whatever_is_said_stays_one_value_of_a_form(text: str) -> None:
    template = Template.read("to={digits}&text={text}&from=Acme+Stores&empty=", as_json=False)
    assert template.content_type == FORM
    made = parse_qsl(template.filled(values(text)).decode(), keep_blank_values=True)
    assert made == [("to", "4917604069000"), ("text", text), ("from", "Acme Stores"), ("empty", "")]


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("as_json", [True, False])
def test_what_was_put_in_is_never_looked_at_again(text: str, as_json: bool) -> None:
    body = '{"to": "{to}", "text": "{text}", "id": "{id}"}' if as_json else "to={to}&text={text}&id={id}"
    filled = Template.read(body, as_json=as_json).filled(values(text))
    found = json.loads(filled) if as_json else dict(parse_qsl(filled.decode(), keep_blank_values=True))
    assert found == {"to": "+4917604069000", "text": text, "id": "7"}


@pytest.mark.parametrize(
    ("body", "as_json", "sentence"),
    [
        ("", True, "json"),
        ('{"to": "{to}"', True, "json"),
        ('{"to": {to}, "text": "{text}"}', True, "json"),
        ('{"to": "{to}"}', True, "places"),
        ('{"{to}": "{text}"}', True, "places"),
        ('["{text}"]', True, "places"),
        ("7", True, "places"),
        ('{"to": "{to}", "text": "{text}", "key": "{secret}"}', True, "place"),
        ("", False, "places"),
        ("to", False, "form"),
        ("to={to}&&text={text}", False, "form"),
        ("to={to}", False, "places"),
        ("to={digits}&text={text}&x={number}", False, "place"),
    ],
)
def test_a_template_that_can_not_work_is_refused_with_a_reason(body: str, as_json: bool, sentence: str) -> None:
    with pytest.raises(TemplateWrong) as problem:
        Template.read(body, as_json=as_json)
    assert problem.value.sentence.id == f"sms.settings.{sentence}"
