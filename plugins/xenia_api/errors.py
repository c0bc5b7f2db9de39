"""Refusals that only the API has, beside those of :mod:`xenia.api`."""

from __future__ import annotations

from xenia.api import RequestRefused


class Changed(RequestRefused):
    """The thing is no longer what ``If-Match`` names (RFC 9110 section 13.1.1)."""

    code, status, sentence = "precondition_failed", 412, "api.changed"


class VersionNeeded(RequestRefused):
    """A replacement must say what it replaces, by ``If-Match`` (RFC 6585 section 3)."""

    code, status, sentence = "precondition_required", 428, "api.version_needed"
