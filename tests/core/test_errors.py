"""Errors: each has its sentences, in every language, without any plugin."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

import xenia
from xenia.errors import RequestRefused, SetupError, XeniaError
from xenia.messages import read_locales

SENTENCES = read_locales(Path(str(files(xenia))) / "locales")


def _kinds(kind: type[XeniaError]) -> Iterator[type[XeniaError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


KINDS = [kind for kind in _kinds(XeniaError) if kind.__module__ == "xenia.errors" and kind is not SetupError]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("tag", SENTENCES)
def test_every_error_has_its_sentence_and_its_title(kind: type[XeniaError], tag: str) -> None:
    wanted = {kind.sentence} if kind is RequestRefused else {kind.sentence, f"error.title.{kind.code}"}
    assert wanted <= SENTENCES[tag].keys()
