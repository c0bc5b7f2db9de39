"""Locks on a folder, by flock: the kernel drops them when a process ends, however it ends.

``start`` is held for the moment of starting or stopping. ``users`` is shared by everyone who uses the server, so that
the last one to leave, and nobody else, stops it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xenia.embedded.errors import EmbeddedError

PAUSE = 0.01


@contextmanager
def starting(folder: Path, deadline: float) -> Iterator[None]:
    """Hold the ``start`` lock of `folder`; :class:`EmbeddedError` when it isn't free by `deadline` (monotonic)."""
    descriptor = _open(folder / "start.lock")
    try:
        while not _take(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise EmbeddedError(f"another process holds {folder / 'start.lock'}; wait for it or end it")
            time.sleep(PAUSE)
        yield
    finally:
        os.close(descriptor)


class Users:
    """The lock that says who uses the server of a folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "users.lock"
        self._descriptor: int | None = None

    def join(self) -> None:
        """Be counted among the users."""
        if self._descriptor is None:
            self._descriptor = _open(self._path)
            _take(self._descriptor, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Be counted no longer; whether nobody is left. Call it under :func:`starting`."""
        if self._descriptor is None:
            return False
        alone = _take(self._descriptor, fcntl.LOCK_EX)
        os.close(self._descriptor)
        self._descriptor = None
        return alone


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _take(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
