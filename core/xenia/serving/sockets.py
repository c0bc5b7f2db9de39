"""The listening socket: bound by the first process, before anything slow, and shared with every worker."""

from __future__ import annotations

import errno
import socket

from xenia.errors import SetupError
from xenia.settings import Address

BACKLOG = 2048


def bind(address: Address) -> socket.socket:
    """A socket that listens at once, so that a taken port is known at once and early visitors wait instead of failing.

    Raises ``SetupError`` with one line.
    """
    family, kind, protocol, _, place = _resolved(address)
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(place)
        bound.listen(BACKLOG)
    except OSError as problem:
        bound.close()
        raise SetupError(_explained(address, problem)) from problem
    bound.setblocking(False)
    return bound


def spoken(bound: socket.socket) -> str:
    """Where a socket listens, as people write it: ``127.0.0.1:8000``, ``[::1]:8000``."""
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if bound.family == socket.AF_INET6 else f"{host}:{port}"


def _resolved(address: Address) -> tuple[int, int, int, str, tuple[object, ...]]:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as problem:
        raise SetupError(f"listen: {address.host} is no address of this machine ({problem.strerror})") from problem
    return found[0]


def _explained(address: Address, problem: OSError) -> str:
    place = f"{address.host}:{address.port}"
    if problem.errno == errno.EADDRINUSE:
        return f"{place} is taken by another program: end that one, or set `listen` to another port"
    if problem.errno in (errno.EACCES, errno.EPERM):
        return f"this user may not listen on {place}: set `listen` to a port above 1023"
    return f"can't listen on {place} ({problem.strerror}): set `listen` to an address of this machine"
