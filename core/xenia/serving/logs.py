"""What libraries log comes out in our form: name and message, one line, no traceback in the way."""

from __future__ import annotations

import logging

from xenia.log import log


class Bridge(logging.Handler):
    """Passes a library's warnings and errors on."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        write = log.error if record.levelno >= logging.ERROR else log.warning
        write("library", name=record.name, problem=_told(record))


def bridge_libraries() -> None:
    """Let everything that libraries warn of pass through our log."""
    logging.basicConfig(level=logging.WARNING, handlers=[Bridge()], force=True)


def _told(record: logging.LogRecord) -> str:
    problem = record.exc_info[1] if record.exc_info else None
    message = record.getMessage().strip()
    return f"{message}: {problem!r}" if problem else message
