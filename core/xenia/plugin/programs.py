"""Programs that are kept running beside the server. A module of its own, since the parent of workers loads little else."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A program to be kept running beside the server. ``command`` follows the Python interpreter: ``("-m", "xenia_x.y")``.

    ``descriptors`` are handed down. Its standard input closes when its parent is gone, and then it should end.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = {}
    descriptors: tuple[int, ...] = ()
