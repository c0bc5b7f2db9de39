"""The page of this plugin, and how long to wait."""

from __future__ import annotations

from xenia.api import CodePage, Text, text

PAGE = CodePage("email_otp", "email_otp", icon="mail")
"""Waits for the code. It says what is true for every address: a code is on its way if somebody is there."""


def wait(seconds: int) -> Text:
    """How long it takes until another may be asked for."""
    return text("email_otp.wait", count=seconds)
