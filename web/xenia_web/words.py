"""Words, dates and directions in the reader's language.

Two pseudo-languages are made from English for tests: ``en-XA`` (accents, 40 % longer) shows text that no catalogue
holds and boxes that burst; ``en-XB`` is the same written from right to left.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Any

from babel import Locale
from minijinja import pass_state

from xenia.api import Catalogue, Text

if TYPE_CHECKING:
    from minijinja._lowlevel import State

ACCENTED = "en-XA"
MIRRORED = "en-XB"
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})

_ACCENTS = str.maketrans("aceinosuyzACEINOSUYZ", "áçéîñöšûýžÁÇÉÎÑÖŠÛÝŽ")
_LONGER = 0.4


def direction(locale: str) -> str:
    """``rtl`` or ``ltr``, for the ``dir`` attribute."""
    return "rtl" if locale == MIRRORED or locale.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def say(catalogue: Catalogue, wanted: Text, locale: str) -> str:
    """The sentence in ``locale``, or in a pseudo-language made from English."""
    sentence = catalogue.say(wanted, locale)
    return _pseudo(sentence) if locale in (ACCENTED, MIRRORED) and wanted.id != "literal" else sentence


def sentences(catalogue: Catalogue) -> Callable[..., str]:
    """The templates' ``_``: a ``Text``, or an id and its values, in the language of the page that is being drawn."""

    @pass_state
    def sentence(state: State, wanted: Text | str, **values: str | int | float) -> str:
        return say(catalogue, wanted if isinstance(wanted, Text) else Text(wanted, values), state.lookup("locale"))

    return sentence


def shown(catalogue: Catalogue) -> Callable[..., Any]:
    """The templates' ``show``: a ``Text`` in words, anything else as it is."""

    @pass_state
    def show(state: State, value: Any) -> Any:
        return say(catalogue, value, state.lookup("locale")) if isinstance(value, Text) else value

    return show


def _pseudo(sentence: str) -> str:
    filling = "~~~~ " * ceil(len(sentence) * _LONGER / 5)
    return f"[{sentence.translate(_ACCENTS)} {filling.rstrip()}]"


def own_name(locale: str) -> str:
    """What a language calls itself: ``Deutsch`` for ``de``."""
    name = _cldr(locale).get_display_name()
    return name[:1].upper() + name[1:] if name else locale


def day(value: date | datetime, locale: str, zone: tzinfo = UTC) -> str:
    """A date in the reader's calendar and zone: ``12 November 2026``."""
    from babel.dates import format_date  # imported late: a sign-in page shows no date

    return format_date(_in_zone(value, zone), "long", _cldr(locale))


def moment(value: datetime, locale: str, zone: tzinfo = UTC) -> str:
    """A date and a time, with the zone where it is not the reader's own: ``12 Nov 2026, 14:05 UTC``."""
    from babel.dates import format_skeleton, format_time

    local, cldr = value.astimezone(zone), _cldr(locale)
    shown = f"{format_skeleton('yMMMd', local, zone, locale=cldr)}, {format_time(local, 'short', zone, cldr)}"
    return f"{shown} UTC" if zone is UTC else shown


def _in_zone(value: date | datetime, zone: tzinfo) -> date:
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


@lru_cache(maxsize=64)
def _cldr(locale: str) -> Locale:
    """CLDR's data for a tag; English where CLDR does not know it, as with the pseudo-languages."""
    return Locale.negotiate([locale, locale.partition("-")[0]], _KNOWN, sep="-") or Locale("en")


_KNOWN = [str(tag).replace("_", "-") for tag in Locale("en").languages]
