"""Telephone numbers: one form for each (ITU-T E.164), the country they belong to, and whether a message can reach them.

The library is loaded with the first number: it takes a while, and most processes never see one.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

LONGEST_TYPED = 40
LTR_ISOLATE, END_ISOLATE = "\u2066", "\u2069"
SHOWN = 3


class Number(NamedTuple):
    """A mobile number. ``country`` is its ISO 3166 code; ``shown`` tells a person's numbers apart and no more; ``spaced`` is all of
    it, as one reads it, with marks that keep it together where text runs from right to left.
    """

    e164: str
    country: str
    shown: str
    spaced: str


def read(typed: str, default_country: str = "") -> Number | None:
    """The number that was typed, in whichever spelling; ``None`` where no text message reaches it.

    Landlines are left out, and so are numbers that cost the sender more (premium rate, shared cost, personal) and those
    that move between devices (VoIP: NIST SP 800-63B-4 section 3.1.3.3).
    """
    import phonenumbers

    if len(typed) > LONGEST_TYPED or any(
        char.isalpha() or char in ";," for char in typed
    ):  # a word, an extension, a context
        return None
    try:
        found = phonenumbers.parse(typed, default_country or None)
    except phonenumbers.NumberParseException:
        return None
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if found.extension or phonenumbers.number_type(found) not in kinds:
        return None
    e164 = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    country = phonenumbers.region_code_for_number(found) or ""
    if not country.isalpha():  # satellites, and other networks of no country
        return None
    spaced = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return Number(e164, country, f"+{found.country_code} ••• {e164[-SHOWN:]}", f"{LTR_ISOLATE}{spaced}{END_ISOLATE}")


@cache
def known_countries() -> frozenset[str]:
    """The ISO 3166 codes of all countries that have numbers."""
    import phonenumbers

    return frozenset(phonenumbers.SUPPORTED_REGIONS)
