"""Sentences: complete in every language, and made longer or mirrored for tests."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tests.web.samples import LOCALES, TEMPLATES, catalogue
from xenia.api import Sentences, literal, read_locales, text
from xenia_web import words

SENTENCES = read_locales(LOCALES)
USED = re.compile(r"""_\("([a-z_.]+)\"""")
NAMED = re.compile(r"""["'](web\.[a-z_.]+)""")
AT = datetime(2026, 11, 12, 23, 5, tzinfo=UTC)


def _values(sentences: Sentences) -> dict[str, set[str]]:
    return {id_: set(re.findall(r"\{(\w+)\}", str(sentence))) for id_, sentence in sentences.items()}


def test_every_language_has_the_same_sentences_with_the_same_values() -> None:
    english = _values(SENTENCES["en"])
    assert {tag for tag, sentences in SENTENCES.items() if _values(sentences) != english} == set()


def test_every_sentence_of_a_template_exists() -> None:
    used = {id_ for path in TEMPLATES.rglob("*.*") for id_ in USED.findall(path.read_text("utf-8"))}
    assert used <= SENTENCES["en"].keys()


def test_every_sentence_is_used() -> None:
    sources = [*TEMPLATES.rglob("*.*"), *LOCALES.parent.rglob("*.py")]
    named = {id_ for path in sources for id_ in NAMED.findall(path.read_text("utf-8"))}
    begun = tuple(id_ for id_ in named if id_.endswith("."))  # f"web.profile.{name}"
    assert {id_ for id_ in SENTENCES["en"] if id_.startswith("web.")} - named == {
        id_ for id_ in SENTENCES["en"] if id_ not in named and begun and id_.startswith(begun)
    }


def test_the_accented_language_is_longer_by_two_fifths() -> None:
    plain = words.say(catalogue(), text("web.sign_out"), "en")
    accented = words.say(catalogue(), text("web.sign_out"), words.ACCENTED)
    assert accented != plain
    assert len(accented) >= len(plain) * 1.4


def test_data_is_never_accented() -> None:
    assert words.say(catalogue(), literal("ada@acme.example"), words.MIRRORED) == "ada@acme.example"


def test_a_moment_is_told_in_the_readers_zone_and_calendar() -> None:
    assert words.moment(AT, "de") == "12. Nov. 2026, 23:05 UTC"
    assert words.moment(AT, "de", ZoneInfo("Europe/Berlin")) == "13. Nov. 2026, 00:05"
    assert words.day(AT, "en", ZoneInfo("Europe/Berlin")) == "November 13, 2026"
    assert words.day(date(2026, 11, 12), "en") == "November 12, 2026"


def test_an_unknown_language_falls_back_to_english() -> None:
    assert words.day(AT, "zz") == words.day(AT, words.MIRRORED) == "November 12, 2026"
    assert words.own_name("de") == "Deutsch"
