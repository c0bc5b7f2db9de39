"""Structured logs by allow-list: an event's name and typed fields, one line each, to standard error.

Only fields named in :data:`FIELDS` are written, values are cut, what has the form of a secret of ours is masked (links
from mails have one in their path) and control characters are encoded, so that neither a secret nor a line break of a
stranger gets into a log.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

_NAMES = """
    address application attempt channel client count database duration_ms hook job kind level limit line listen locale method name names path
    period plugin port position problem reason request_id signal source status subscriber template tenant theme type user version workers
"""
FIELDS = frozenset(_NAMES.split())
MAX_LENGTH = 500
_SECRET = re.compile(r"(x[a-z][a-z0-9_-]{0,31}_)[0-9A-Za-z]{49}")  # as `xenia.security.secrets` makes them
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


class Log:
    """The process's log. ``as_json`` for machines, else ``event key=value`` for people."""

    def __init__(self) -> None:
        self.as_json = False
        self.level = _LEVELS["info"]

    def configure(self, *, as_json: bool, level: str) -> None:
        """Set the form and the lowest level that is written."""
        self.as_json, self.level = as_json, _LEVELS[level]
        logging.getLogger("uvicorn").setLevel(max(self.level, logging.WARNING))

    def debug(self, event: str, **fields: Any) -> None:
        """For somebody who looks for a fault."""
        self._write("debug", event, fields)

    def info(self, event: str, **fields: Any) -> None:
        """Something an operator may want to know."""
        self._write("info", event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Something an operator should look at."""
        self._write("warning", event, fields)

    def error(self, event: str, **fields: Any) -> None:
        """Something that failed."""
        self._write("error", event, fields)

    def _write(self, level: str, event: str, fields: dict[str, Any]) -> None:
        if _LEVELS[level] < self.level:
            return
        known = {name: _clean(value) for name, value in fields.items() if name in FIELDS}
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        if self.as_json:
            line = json.dumps({"at": at, "level": level, "event": event, **known}, ensure_ascii=True)
        else:
            line = " ".join([at, level, event, *(f"{name}={value}" for name, value in known.items())])
        sys.stderr.write(line + "\n")


def _clean(value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, int | float | bool):
        return value
    text = _SECRET.sub(r"\1***", str(value))[:MAX_LENGTH]
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)


log = Log()
