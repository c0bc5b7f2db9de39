"""Every sentence that the provider says exists, in every language."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

import xenia_oidc
from xenia.api import read_locales
from xenia_oidc.settings import OidcSettings

FOLDER = Path(xenia_oidc.__file__).parent
LOCALES = read_locales(FOLDER / "locales")


def test_the_languages_say_the_same_things() -> None:
    assert LOCALES["de"].keys() == LOCALES["en"].keys()


def test_every_sentence_that_is_named_exists() -> None:
    named: set[str] = set()
    for path in (*FOLDER.rglob("*.py"), *FOLDER.rglob("*.html")):
        named |= set(re.findall(r"""(?:text|_)\(f?"(oidc\.[a-z_.]+)["]""", path.read_text()))
    assert named
    assert named <= LOCALES["en"].keys()


def test_every_refusal_has_its_sentence() -> None:
    pages = {name for path in FOLDER.rglob("*.py") for name in re.findall(r'page\("([a-z_]+)"\)', path.read_text())}
    assert {f"oidc.refused.{name}" for name in pages} == {
        key for key in LOCALES["en"] if key.startswith("oidc.refused.")
    }


def test_every_setting_has_a_label() -> None:
    fields = {f"settings.oidc.{field.name}" for field in msgspec.structs.fields(OidcSettings)}
    assert fields == {key for key in LOCALES["en"] if key.startswith("settings.")}
