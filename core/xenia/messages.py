"""Every sentence a person may read, by stable id, in every language.

A :class:`Text` names a sentence and its values; a :class:`Catalogue` turns it into words. Sentences live in
``locales/<tag>.toml``
beside the code that uses them: tables nest by dots (``[password] wrong = "..."`` is ``password.wrong``) and
``{name}`` marks a value.
A table with the keys ``one`` and ``other`` (and the other CLDR categories) is a plural, chosen by the value called
``count``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

DEFAULT_LOCALE = "en"
PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})
_VALUE = re.compile(r"\{([a-z_]+)\}")


class Text(msgspec.Struct, frozen=True):
    """A sentence by its stable id, with the values it needs. Values are data, never markup."""

    id: str
    values: dict[str, str | int | float] = {}


def text(id_: str, /, **values: str | int | float) -> Text:
    """Shorthand for :class:`Text`: ``text("totp.left", count=2)``."""
    return Text(id_, values)


def literal(words: str) -> Text:
    """Words that are data already (a tenant's title, a person's label) and have no translation."""
    return Text("literal", {"words": words})


Sentence = str | dict[str, str]
Sentences = dict[str, Sentence]


def read_locales(folder: Path) -> dict[str, Sentences]:
    """The sentences of every ``<tag>.toml`` in ``folder``, flattened to dotted ids. Raises ``ValueError`` naming a file that can't be
    read.
    """
    return {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}


def _read(path: Path) -> Sentences:
    try:
        sentences: dict[str, Any] = dict(_flat(tomllib.loads(path.read_text("utf-8"))))
    except ValueError as problem:
        raise ValueError(f"{path} can't be read: {problem}") from problem
    if odd := sorted(id_ for id_, sentence in sentences.items() if not isinstance(sentence, str | dict)):
        raise ValueError(f"{path}: put {', '.join(odd)} into quotes: a sentence is text")
    return sentences


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Sentence]]:
    for key, value in table.items():
        if isinstance(value, dict) and not (value.keys() <= PLURALS and "other" in value):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


class Catalogue:
    """All sentences of a running system, asked by language with a fall-back to English."""

    def __init__(self) -> None:
        self._sentences: dict[str, Sentences] = {DEFAULT_LOCALE: {"literal": "{words}"}}

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages that have sentences, English first."""
        return (DEFAULT_LOCALE, *sorted(self._sentences.keys() - {DEFAULT_LOCALE}))

    def add(self, locales: Mapping[str, Sentences]) -> None:
        """Add a plugin's sentences. Raises ``ValueError`` where an id is taken already."""
        for tag, sentences in locales.items():
            known = self._sentences.setdefault(tag, {})
            if taken := known.keys() & sentences.keys():
                raise ValueError(f"message ids are taken already in {tag}: {', '.join(sorted(taken))}")
            known.update(sentences)

    def ids(self, locale: str = DEFAULT_LOCALE) -> frozenset[str]:
        """Every id that has a sentence in ``locale`` itself."""
        return frozenset(self._sentences.get(locale, {}))

    def say(self, wanted: Text, locale: str = DEFAULT_LOCALE) -> str:
        """The sentence in the nearest language; the bare id where nobody wrote it, so that a gap is seen."""
        tag, sentence = self._find(wanted.id, locale)
        if isinstance(sentence, dict):
            sentence = sentence.get(_plural(tag, wanted.values.get("count", 0)), sentence["other"])
        return _VALUE.sub(lambda match: str(wanted.values.get(match[1], match[0])), sentence)

    def _find(self, id_: str, locale: str) -> tuple[str, Sentence]:
        for tag in (locale, locale.partition("-")[0], DEFAULT_LOCALE):
            if (sentence := self._sentences.get(tag, {}).get(id_)) is not None:
                return tag, sentence
        return DEFAULT_LOCALE, id_

    def negotiate(self, *wishes: str) -> str:
        """The first language in ``wishes`` (``ui_locales``, ``Accept-Language``) that has sentences, else English."""
        for tag in (tag for wish in wishes if wish for tag in _tags(wish)):
            for candidate in (tag, tag.partition("-")[0]):
                if candidate in self._sentences:
                    return candidate
        return DEFAULT_LOCALE


@lru_cache(maxsize=4096)
def _tags(wish: str) -> tuple[str, ...]:
    """Language tags by falling quality (RFC 9110 section 12.5.4); also a space-separated ``ui_locales``."""
    weighted = []
    for part in re.split(r"[,\s]+", wish.strip())[:20]:
        tag, _, quality = part.partition(";q=")
        try:
            weighted.append((float(quality or 1), tag))
        except ValueError:
            continue
    return tuple(tag for quality, tag in sorted(weighted, key=lambda pair: -pair[0]) if tag and quality > 0)


def _plural(tag: str, count: str | int | float) -> str:
    from babel import Locale  # imported late: only sentences with plurals need it

    return str(Locale.parse(tag, sep="-").plural_form(float(count)))
