"""One word among many workers: what stops them all is said once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_word() -> Iterator[int]:
    """A descriptor for all workers, from which exactly one of them takes the right to speak."""
    reading, writing = os.pipe()
    os.write(writing, b"1")
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)


def take_word(descriptor: int) -> bool:
    """Whether the right to speak was still there; then it is the caller's."""
    return os.read(descriptor, 1) == b"1"
