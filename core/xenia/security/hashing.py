"""Passwords by argon2id (RFC 9106) in threads of their own: m = 19 MiB, t = 2, p = 1, as OWASP advises.

libsodium hashes outside the interpreter's lock. The threads yield to the event loop, and the queue before them is
bounded: a flood of sign-ins is turned away rather than piled up.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import secrets
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from nacl.bindings import crypto_pwhash_ALG_ARGON2ID13, crypto_pwhash_str_alg, crypto_pwhash_str_verify
from nacl.exceptions import CryptoError

from xenia.errors import Unavailable

MEMORY_KIB = 19_456
PASSES = 2
_PARAMETERS = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$"

# What an imported hash may cost at most; a dearer one is treated as malformed.
_MOST_MEMORY_KIB = 256 * 1024
_MOST_PASSES = 16
_MOST_LANES = 16
_ENCODED = re.compile(
    r"\$argon2id?\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{22,86}"
)

_NICENESS = 10
_T = TypeVar("_T")


class Busy(Unavailable):
    """Every hashing thread is taken and the queue is full; try again in a moment."""

    code = "busy"


class PasswordHasher:
    """Hashes and verifies off the event loop.

    ``workers`` threads (one for each core by default) and at most ``queue`` waiting calls; the next one raises
    ``Busy``. The text is taken as it is: normalising and limiting its length is the caller's work.
    """

    def __init__(self, *, workers: int | None = None, queue: int = 64) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._most = self._workers + queue
        self._taken = 0
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(self._workers, "xenia-hash", initializer=_yield_to_the_loop)
        self._decoy = _decoy()

    async def hash(self, text: str) -> str:
        """The encoded hash (``$argon2id$v=19$m=19456,t=2,p=1$…``) under a fresh salt."""
        return await self._run(lambda: _hash(text))

    async def verify(self, text: str, encoded: str) -> bool:
        """Whether ``text`` is what was hashed. A malformed ``encoded`` is False, at the cost of a real one."""
        candidate = encoded if _is_bearable(encoded) else self._decoy
        return await self._run(lambda: _verify(text, candidate)) and candidate == encoded

    async def dummy(self, text: str) -> bool:
        """Spend on an account that doesn't exist what a verification costs; always False."""
        return await self.verify(text, self._decoy) and False

    def needs_rehash(self, encoded: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return not encoded.startswith(_PARAMETERS)

    def close(self) -> None:
        """Let the running hashes end and drop the waiting ones."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], _T]) -> _T:
        self._take()
        try:
            future = self._pool.submit(work)
        except BaseException:
            self._free()
            raise
        # The place is free when the thread is, not when an impatient caller goes away.
        future.add_done_callback(self._free)
        return await asyncio.wrap_future(future)

    def _take(self) -> None:
        with self._lock:
            if self._taken >= self._most:
                raise Busy("the hashing queue is full", retry_after=1)
            self._taken += 1

    def _free(self, _: Future[_T] | None = None) -> None:
        with self._lock:
            self._taken -= 1


def _hash(text: str) -> str:
    made = crypto_pwhash_str_alg(_octets(text), PASSES, MEMORY_KIB * 1024, crypto_pwhash_ALG_ARGON2ID13)
    return str(made.rstrip(b"\0"), "ascii")


def _verify(text: str, encoded: str) -> bool:
    try:
        return bool(crypto_pwhash_str_verify(encoded.encode("ascii"), _octets(text)))
    except CryptoError:
        return False


def _is_bearable(encoded: str) -> bool:
    found = _ENCODED.fullmatch(encoded)
    if found is None:
        return False
    memory, passes, lanes = (int(number) for number in found.groups())
    return memory <= _MOST_MEMORY_KIB and 1 <= passes <= _MOST_PASSES and 1 <= lanes <= _MOST_LANES


def _decoy() -> str:
    """A well-formed hash of nothing: its digest is random, so that no text can match it."""
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"{_PARAMETERS}{salt}${digest}"


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _yield_to_the_loop() -> None:
    if sys.platform == "linux":
        # On Linux a thread has a priority of its own; elsewhere this would slow the whole process.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
